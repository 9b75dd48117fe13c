//! Python's manifests.

use toml::{Table, Value as Toml};

use super::{Package, code_lines, located, normalized};

/// A file of requirements, one a line (pip.pypa.io/en/stable/reference/requirements-file-format).
pub(super) fn requirements(text: &str) -> Vec<Package> {
    let lines = code_lines(text, "#");
    lines.flat_map(|(number, line)| names(line).into_iter().map(move |name| Package { name, line: number })).collect()
}

/// `setup.cfg`, where each requirement also has its own line; `name = …` is not one.
pub(super) fn setup_cfg(text: &str) -> Vec<Package> {
    requirements(text)
}

/// The items of `environment.yml` (docs.conda.io), with a channel before the name or not.
pub(super) fn conda_environment(text: &str) -> Vec<Package> {
    let items = code_lines(text, "#").filter_map(|(number, line)| Some((number, line.strip_prefix("- ")?)));
    let packages = items.flat_map(|(number, item)| {
        let item = item.trim_matches(|mark| " \"'".contains(mark));
        let item = item.rsplit("::").next().unwrap_or(item);
        // Conda pins with one `=`.
        names(&item.replacen('=', "==", 1)).into_iter().map(move |name| Package { name, line: number })
    });
    packages.collect()
}

/// The requirements of `setup.py`: texts given to a name that speaks of requirements, such as `install_requires`.
pub(super) fn setup_py(text: &str) -> Vec<Package> {
    let mut packages = Vec::new();
    let mut holds_requirements = false;
    for (number, line) in code_lines(text, "#") {
        let mut parts = line.split(['"', '\'']).enumerate().peekable();
        while let Some((index, part)) = parts.next() {
            if index % 2 == 0 {
                let assigned = part.rsplit_once('=').map(|(before, _)| before.trim_end().to_ascii_lowercase());
                if let Some(assigned) = assigned {
                    holds_requirements = ["requires", "require", "requirements", "dependencies", "deps"]
                        .iter()
                        .any(|end| assigned.ends_with(end));
                }
            } else if holds_requirements && parts.peek().is_none_or(|(_, next)| !next.trim_start().starts_with(':')) {
                packages.extend(names(part).into_iter().map(|name| Package { name, line: number }));
            }
        }
    }
    packages
}

/// `pyproject.toml`: the lists of packaging.python.org/specifications (`project`, `dependency-groups`), and the tables of Poetry and
/// lists of uv and PDM below `tool`.
pub(super) fn pyproject(text: &str) -> Vec<Package> {
    let Ok(manifest) = toml::from_str::<Table>(text) else { return Vec::new() };
    let at = |path: &[&str]| {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(manifest.get(*first)?, |value, key| value.get(*key))
    };
    let values = |path| at(path).and_then(Toml::as_table).into_iter().flat_map(|table| table.values());
    let lists = [at(&["project", "dependencies"]), at(&["tool", "uv", "dev-dependencies"])].into_iter().flatten();
    let lists = lists.chain(values(&["project", "optional-dependencies"])).chain(values(&["dependency-groups"]));
    let lists = lists.chain(values(&["tool", "pdm", "dev-dependencies"]));
    let listed = lists.filter_map(Toml::as_array).flatten().filter_map(Toml::as_str).flat_map(names);

    let poetry = [at(&["tool", "poetry", "dependencies"]), at(&["tool", "poetry", "dev-dependencies"])];
    let groups = values(&["tool", "poetry", "group"]).map(|group| group.get("dependencies"));
    let tables = poetry.into_iter().chain(groups).flatten().filter_map(Toml::as_table);
    located(text, listed.chain(tables.flat_map(table_names)))
}

/// `Pipfile` (pipenv.pypa.io): each table lists packages, except sources and scripts.
pub(super) fn pipfile(text: &str) -> Vec<Package> {
    let Ok(manifest) = toml::from_str::<Table>(text) else { return Vec::new() };
    let tables =
        manifest.iter().filter(|(name, _)| !["source", "scripts", "requires", "pipenv"].contains(&name.as_str()));
    located(text, tables.filter_map(|(_, table)| table.as_table()).flat_map(table_names))
}

/// The names of `name = "version"` and `name = { version = …, extras = […] }`.
fn table_names(table: &Table) -> Vec<String> {
    let names = table.iter().flat_map(|(name, value)| {
        let extras = value.get("extras").and_then(Toml::as_array).into_iter().flatten().filter_map(Toml::as_str);
        with_extras(name, extras)
    });
    names.collect()
}

/// What a requirement (packaging.python.org/specifications/dependency-specifiers) requires: the package, and the package with each of its
/// extras, as in `faststream[kafka]`. Empty if the text is not a requirement.
fn names(requirement: &str) -> Vec<String> {
    let is_name = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    let requirement = requirement.trim();
    let (name, rest) =
        requirement.split_at(requirement.find(|character| !is_name(character)).unwrap_or(requirement.len()));
    let (extras, rest) = match rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((extras, rest)) => (extras, rest),
        None => ("", rest),
    };
    let rest = rest.trim_start();
    let goes_on = ["==", "===", "!=", "<", ">", "~=", "@", ";", "#", ",", "(", "\\", "--"];
    if name.is_empty() || !(rest.is_empty() || goes_on.iter().any(|mark| rest.starts_with(mark))) {
        return Vec::new();
    }
    with_extras(name, extras.split(','))
}

/// A package's name, and its name with each of the extras, all [`normalized`].
fn with_extras<'a>(name: &str, extras: impl Iterator<Item = &'a str>) -> Vec<String> {
    let name = normalized(name);
    let extras: Vec<String> = extras.map(normalized).filter(|extra| !extra.is_empty()).collect();
    extras.iter().map(|extra| format!("{name}[{extra}]")).chain([name.clone()]).collect()
}
