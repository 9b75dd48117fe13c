//! What a manifest says about the other programs of its repository.

use serde_json::Value as Json;
use toml::{Table, Value as Toml};

use super::{Manifest, jvm};
use crate::code::module::project_references;

/// The names of the programs that a manifest makes, and the names and paths, seen from its folder, of what it takes in.
#[must_use]
pub fn project(file_name: &str, text: &str) -> (Vec<String>, Vec<String>) {
    match Manifest::of(file_name) {
        Some(Manifest::CargoToml) => toml::from_str(text).map(|manifest| cargo(&manifest)).unwrap_or_default(),
        Some(Manifest::PackageJson) => serde_json::from_str(text).map(|manifest| npm(&manifest)).unwrap_or_default(),
        Some(Manifest::DotNet) if file_name.ends_with("proj") => {
            let stem = file_name.rsplit_once('.').map(|(stem, _)| stem.to_owned());
            let inner = text.split_once("<AssemblyName>").and_then(|(_, rest)| rest.split_once('<'));
            let assembly = inner.map(|(name, _)| name.trim().to_owned());
            (stem.into_iter().chain(assembly).collect(), project_references(text))
        }
        Some(Manifest::JvmBuild) => (Vec::new(), gradle(text)),
        Some(Manifest::Pom) => jvm::project(text),
        _ => Default::default(),
    }
}

/// The paths in `project(":shop:bus")`, from the root of the build (docs.gradle.org, "Structuring Multi-Project Builds").
fn gradle(text: &str) -> Vec<String> {
    let calls = text.split("project(").skip(1);
    let paths = calls.filter_map(|rest| {
        let path = rest.trim_start().strip_prefix(['"', '\''])?;
        path.split(['"', '\'']).next().filter(|path| path.starts_with(':'))
    });
    paths.map(str::to_owned).collect()
}

/// doc.rust-lang.org/cargo/reference/manifest.html
fn cargo(manifest: &Table) -> (Vec<String>, Vec<String>) {
    let binaries = manifest.get("bin").and_then(Toml::as_array).into_iter().flatten();
    let names = manifest.get("package").into_iter().chain(binaries);
    let names = names.filter_map(|program| Some(program.get("name")?.as_str()?.to_owned()));
    let targets = manifest.get("target").and_then(Toml::as_table).into_iter().flat_map(|targets| targets.values());
    let holders = targets.filter_map(Toml::as_table).chain([manifest]);
    let tables = holders.flat_map(|holder| ["dependencies", "build-dependencies"].map(|kind| holder.get(kind)));
    let dependencies = tables.flatten().filter_map(Toml::as_table).flatten();
    let reference = |(key, value): (&String, &Toml)| {
        let given = ["path", "package"].iter().find_map(|name| value.get(name)?.as_str());
        given.map_or_else(|| key.clone(), str::to_owned)
    };
    (names.collect(), dependencies.map(reference).collect())
}

/// docs.npmjs.com/cli, "package.json"
fn npm(manifest: &Json) -> (Vec<String>, Vec<String>) {
    let name = manifest.get("name").and_then(Json::as_str).map(str::to_owned);
    let fields = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
    let tables = fields.iter().filter_map(|field| manifest.get(field)?.as_object());
    (name.into_iter().collect(), tables.flat_map(|table| table.keys().cloned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_names_its_programs_and_what_they_take_in() {
        let cargo = "[package]\nname = 'orders'\n[[bin]]\nname = 'worker'\n[dependencies]\nbus = { path = '../bus' }\n\
                     model.workspace = true\n";
        let npm = r#"{"name": "@shop/orders", "dependencies": {"@shop/bus": "workspace:*"}}"#;
        let dotnet = r#"<Project><AssemblyName>Shop.Orders</AssemblyName><ProjectReference Include="..\Bus\Bus.csproj" /></Project>"#;
        for (name, text, names, references) in [
            ("Cargo.toml", cargo, &["orders", "worker"][..], &["../bus", "model"][..]),
            ("package.json", npm, &["@shop/orders"], &["@shop/bus"]),
            ("Orders.csproj", dotnet, &["Orders", "Shop.Orders"], &["../Bus/Bus.csproj"]),
            (
                "build.gradle",
                "dependencies { api project(':bus'); implementation(project(\":a:b\")) }",
                &[],
                &[":bus", ":a:b"],
            ),
            (
                "pom.xml",
                "<project><parent><artifactId>shop</artifactId></parent><artifactId>orders</artifactId><dependencies>\
                 <dependency><groupId>x</groupId><artifactId>bus</artifactId></dependency></dependencies></project>",
                &["orders"],
                &["shop", "bus"],
            ),
            ("Cargo.toml", "[[", &[], &[]),
            ("go.mod", "module shop", &[], &[]),
        ] {
            let (found, taken) = project(name, text);
            assert_eq!(
                (found, taken),
                (names.iter().map(ToString::to_string).collect(), references.iter().map(ToString::to_string).collect()),
                "{name}"
            );
        }
    }
}
