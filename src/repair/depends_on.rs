//! Makes a service wait for others.

use crate::compose::{Change, Condition, Project, Service};
use crate::repair::section::{self, Access, BEFORE_ENVIRONMENT};
use crate::repair::{Refusal, Repair};
use crate::text::TextEdit;
use crate::yaml::edit::{self, Content};
use crate::yaml::{NodeId, NodeKind};

/// Makes a service depend on each of `wanted`, with a condition. A list becomes a map if a condition is more than the start; its other
/// entries then wait for the start, as they did. Dependencies that are there already with their condition are left alone.
///
/// # Errors
/// [`Refusal`] if YAML cannot say it without changing another service.
pub fn require(project: &Project, service: &Service, wanted: &[(String, Condition)]) -> Result<Repair, Refusal> {
    let met = |(on, condition): &&(String, Condition)| {
        service.depends_on.on(on).is_some_and(|dependency| dependency.condition == *condition)
    };
    let missing: Vec<(String, Condition)> = wanted.iter().filter(|wanted| !met(wanted)).cloned().collect();
    if missing.is_empty() {
        return Ok(Repair::default());
    }
    let edits = Editor { project, service, missing: &missing }.edits()?;
    let change = |(on, condition): &(String, Condition)| Change::Dependency {
        service: service.name.clone(),
        on: on.clone(),
        condition: *condition,
    };
    Ok(Repair { edits, changes: missing.iter().map(change).collect() })
}

fn condition(condition: Condition) -> Content {
    Content::map([("condition", Content::text(condition.as_str()))])
}

struct Editor<'a> {
    project: &'a Project,
    service: &'a Service,
    missing: &'a [(String, Condition)],
}

impl Editor<'_> {
    fn edits(&self) -> Result<Vec<TextEdit>, Refusal> {
        let document = &self.project.document;
        match Access::of(document, self.service.depends_on.section.as_ref()) {
            Access::Absent => self.add_section(self.entries()),
            Access::Own(own) => match document.node(own).kind {
                NodeKind::Sequence { .. } => self.change_list(own),
                _ => self.change_map(own),
            },
            Access::Alias { alias, target } => {
                let inherited = match document.node(target).kind {
                    NodeKind::Sequence { .. } => self.inherited_entries(),
                    _ => vec![section::own_merge_entry(document, alias)?],
                };
                let entries: Vec<_> = inherited.into_iter().chain(self.entries()).collect();
                Ok(edit::replace_alias(document, alias, &entries)?)
            }
            Access::Merged { target } => {
                if let NodeKind::Sequence { .. } = document.node(target).kind {
                    return self.add_section(self.inherited_entries().into_iter().chain(self.entries()).collect());
                }
                let (merge, anchor) = section::merge_of_inherited(self.project, self.service, target, "depends_on")?;
                let mut edits = anchor;
                edits.extend(self.add_section(std::iter::once(merge).chain(self.entries()).collect())?);
                Ok(edits)
            }
        }
    }

    fn entries(&self) -> Vec<(String, Content)> {
        self.missing.iter().map(|(on, wanted)| (on.clone(), condition(*wanted))).collect()
    }

    /// What a short list that is not the service's own holds, as the map that must take its place.
    fn inherited_entries(&self) -> Vec<(String, Content)> {
        let others = self.service.depends_on.dependencies.iter();
        let others = others.filter(|other| !self.missing.iter().any(|(on, _)| *on == other.service));
        others.map(|other| (other.service.clone(), condition(other.condition))).collect()
    }

    fn add_section(&self, entries: Vec<(String, Content)>) -> Result<Vec<TextEdit>, Refusal> {
        let after = [BEFORE_ENVIRONMENT, &["environment"]].concat();
        section::add_to_service(&self.project.document, self.service, &after, "depends_on", &Content::Map(entries))
    }

    fn change_list(&self, list: NodeId) -> Result<Vec<TextEdit>, Refusal> {
        let document = &self.project.document;
        let is_listed = |on: &str| self.service.depends_on.on(on).is_some();
        if let [(on, Condition::Started)] = self.missing {
            return Ok(edit::append_item(document, list, on)?);
        }
        let of = |item: &str| {
            let wanted = self.missing.iter().find(|(on, _)| on == item);
            condition(wanted.map_or(Condition::Started, |(_, condition)| *condition))
        };
        let added: Vec<_> = self.entries().into_iter().filter(|(on, _)| !is_listed(on)).collect();
        Ok(edit::list_to_map(document, list, of, &added)?)
    }

    fn change_map(&self, map: NodeId) -> Result<Vec<TextEdit>, Refusal> {
        let document = &self.project.document;
        let mut edits = Vec::new();
        let mut added = Vec::new();
        for (on, wanted) in self.missing {
            let own = document.written_entries(map).iter().find(|entry| document.scalar(entry.key) == Some(on));
            match own {
                // Its condition stands in the entry itself, or is hidden there by one.
                Some(entry) if !document.is_alias(entry.value) => {
                    let written = document.written_entries(entry.value).iter();
                    let own_condition = written.clone().find(|inner| document.scalar(inner.key) == Some("condition"));
                    edits.extend(match own_condition {
                        Some(inner) => edit::replace_value(document, inner.value, wanted.as_str())?,
                        None => {
                            let condition = [("condition".to_owned(), Content::text(wanted.as_str()))];
                            edit::add_entries(document, entry.value, None, &condition)?
                        }
                    });
                }
                Some(entry) => {
                    let merge = section::own_merge_entry(document, entry.value)?;
                    let entries = [merge, ("condition".to_owned(), Content::text(wanted.as_str()))];
                    edits.extend(edit::replace_alias(document, entry.value, &entries)?);
                }
                None => added.push((on.clone(), condition(*wanted))),
            }
        }
        edits.extend(edit::add_entries(document, map, None, &added)?);
        Ok(edits)
    }
}
