//! The variables of a service whose `environment` is a list that it shares by an anchor.

use crate::compose::is_plain_name;
use crate::repair::environment::Setter;
use crate::repair::section::{self, Access, BEFORE_ENVIRONMENT};
use crate::repair::{Refusal, Repair};
use crate::yaml::edit::{self, Content};
use crate::yaml::{NodeId, NodeKind};

/// How many items of a list are copied: a copy of more would be hard to keep in step by hand.
const COPIED: usize = 4;

impl Setter<'_> {
    /// Sets the variable in the list if that is right for all services that share it. Otherwise the others stay unchanged: this service
    /// gets its own list if the shared one is short; a long one becomes a map with the same variables, which this service merges, because
    /// YAML merges only maps.
    pub(super) fn change_shared_list(
        &self,
        access: &Access,
        list: NodeId,
        written: Option<NodeId>,
    ) -> Result<Repair, Refusal> {
        let is_short = self.document.items(list).is_some_and(|items| items.len() <= COPIED);
        let merge = || if is_short { None } else { self.merge_as_map(access, list).ok() };
        self.change_for_all(list, written).or_else(|_| merge().map_or_else(|| self.write_in_full(access, list), Ok))
    }

    fn change_for_all(&self, list: NodeId, written: Option<NodeId>) -> Result<Repair, Refusal> {
        let edits = match written {
            Some(written) => edit::replace_value(self.document, written, &self.item())?,
            None => self.append_items(list)?,
        };
        self.repair(list, edits)
    }

    fn merge_as_map(&self, access: &Access, list: NodeId) -> Result<Repair, Refusal> {
        let document = self.document;
        self.check_becomes_map(list)?;
        let mut edits = edit::list_to_map(document, list, as_entry, &[])?;
        if let Access::Alias { alias, .. } = *access {
            let name = document.slice(document.node(alias).span).trim_start_matches('*');
            let entries: Vec<_> = [edit::merge_entry(name)].into_iter().chain(self.entries()).collect();
            edits.extend(edit::replace_alias(document, alias, &entries)?);
        } else {
            let (merge, anchor) = section::merge_of_inherited(document, self.definition, list, "environment")?;
            edits.extend(anchor);
            edits.extend(self.add_section(merge.into_iter().chain(self.entries()).collect())?);
        }
        self.repair(list, edits)
    }

    /// Whether each item of a list can be an entry of a map: Compose replaces no variable in a key, and a key may be there only once.
    fn check_becomes_map(&self, list: NodeId) -> Result<(), Refusal> {
        let mut names = Vec::new();
        for item in self.document.items(list).unwrap_or_default() {
            let text = match &self.document.node(item.node).kind {
                NodeKind::Scalar { value, .. } => value,
                _ => return Err(Refusal("an item of its `environment` is not a string".to_owned())),
            };
            let (name, _) = as_entry(text);
            if !is_plain_name(&name) {
                return Err(Refusal(format!("`{name}` in its `environment` cannot be a key")));
            }
            names.push(name);
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        if names.len() == count { Ok(()) } else { Err(Refusal("its `environment` lists a variable twice".to_owned())) }
    }

    fn write_in_full(&self, access: &Access, list: NodeId) -> Result<Repair, Refusal> {
        let document = self.document;
        let is_set = |item: &str| {
            let (name, _) = as_entry(item);
            self.variables.iter().any(|(set, _)| *set == name)
        };
        let items = document.items(list).unwrap_or_default();
        let texts = items.iter().map(|item| document.scalar(item.node).map(str::to_owned));
        let texts = texts.collect::<Option<Vec<_>>>();
        let texts = texts.ok_or_else(|| Refusal("an item of its `environment` is not a string".to_owned()))?;
        let others = texts.into_iter().filter(|item| !is_set(item));
        let set = self.variables.iter().map(|(name, value)| format!("{name}={value}"));
        let texts: Vec<String> = others.chain(set).collect();
        let (place, edits) = match *access {
            Access::Alias { alias, .. } => (alias, edit::replace_alias_with_items(document, alias, &texts)?),
            _ => {
                let content = Content::Items(texts);
                let after = BEFORE_ENVIRONMENT;
                let edits = section::add_to_service(document, self.definition, after, "environment", &content)?;
                (self.definition.node, edits)
            }
        };
        self.repair(place, edits)
    }
}

/// An item as an entry of a map: `NAME=value`, or a name alone, whose value Compose takes from the shell.
fn as_entry(item: &str) -> (String, Content) {
    match item.split_once('=') {
        Some((name, value)) => (name.to_owned(), Content::text(value)),
        None => (item.to_owned(), Content::Null),
    }
}
