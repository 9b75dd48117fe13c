//! Fixes that are applied together, and the proof that they mean what they declare.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::analysis::Analysis;
use crate::compose::{Change, Model, Resolved};
use crate::finding::{Fix, Unproven};
use crate::source::FileId;
use crate::text::EditSet;
use crate::yaml::comments_kept;

/// Fixes that do not conflict with each other.
#[derive(Default)]
pub(super) struct Batch<'f> {
    edits: BTreeMap<FileId, EditSet>,
    changes: Vec<&'f (FileId, Change)>,
    /// The fixes that were added: problems may share one.
    fixes: HashSet<*const Fix>,
}

impl<'f> Batch<'f> {
    /// Adds a fix with all its edits; if one of them conflicts, adds nothing and returns false.
    pub(super) fn add(&mut self, fix: &'f Arc<Fix>) -> bool {
        if self.fixes.contains(&Arc::as_ptr(fix)) {
            return true;
        }
        let fits = |(file, new): (&FileId, &Vec<_>)| match self.edits.get(file) {
            Some(edits) => edits.accepts(new),
            None => EditSet::default().accepts(new),
        };
        if fix.edits.is_empty() || !fix.edits.iter().all(fits) {
            return false;
        }
        for (file, new) in &fix.edits {
            // They were asked for above.
            let _ = self.edits.entry(*file).or_default().add_all(new);
        }
        self.changes.extend(&fix.changes);
        self.fixes.insert(Arc::as_ptr(fix));
        true
    }

    /// The project with the fixes applied, if the data of each file changed only as the fixes declare, and Compose interprets all files
    /// together as the fixes intend.
    ///
    /// # Errors
    /// [`Unproven`] if not.
    pub(super) fn prove(&self, before: &Analysis) -> Result<Analysis, Unproven> {
        let texts = self.edits.iter().map(|(&file, edits)| (file, edits.apply(before.files.get(file).text())));
        let after = before.after(texts.collect::<Vec<_>>());
        let after = after.map_err(|broken| Unproven::Unreadable(broken.error.describe(&broken.files)))?;
        for file in self.edits.keys() {
            let document = |analysis: &Analysis| {
                let source = analysis.project.sources.iter().find(|source| source.file == *file);
                source.map(|source| Arc::clone(&source.document))
            };
            let (Some(old), Some(new)) = (document(before), document(&after)) else {
                return Err(Unproven::OtherMeaning);
            };
            let declared: Vec<Change> = self.changes_in(*file).cloned().collect();
            let mut wanted = Model::of(&old);
            declared.iter().for_each(|change| wanted.apply(change));
            let differences = Model::of(&new).differences(&wanted, &declared);
            if !differences.is_empty() {
                return Err(self.explain(differences.into_iter().flatten()));
            }
            comments_kept(&old, &new, |node| declared.iter().any(|change| change.removes(node)))
                .map_err(|lost| Unproven::LostComment(old.slice(lost).to_owned()))?;
        }
        let declared: Vec<&Change> = self.changes.iter().map(|(_, change)| change).collect();
        let mut wanted = Resolved::of(&before.project);
        declared.iter().for_each(|change| wanted.apply(&before.project, change));
        let differences = Resolved::of(&after.project).differences(&wanted, &declared);
        if differences.is_empty() { Ok(after) } else { Err(self.explain(differences)) }
    }

    fn changes_in(&self, file: FileId) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |(changed, _)| *changed == file).map(|(_, change)| change)
    }

    /// Which services the fixes would change that they do not declare.
    fn explain(&self, changed: impl IntoIterator<Item = String>) -> Unproven {
        let declared: HashSet<&str> = self.changes.iter().filter_map(|(_, change)| change.service()).collect();
        let mut others: Vec<String> = changed.into_iter().filter(|name| !declared.contains(name.as_str())).collect();
        others.dedup();
        if others.is_empty() { Unproven::OtherMeaning } else { Unproven::ChangesOthers(others) }
    }
}
