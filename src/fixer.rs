//! From findings to repaired texts: choose, merge, apply, parse again, prove, check again, until nothing is left to do.
//!
//! A repair is kept only if the new text stands for the old data plus what the repair declares, in every service. What fails that
//! proof, or is in the way of another repair, is not made: the first is refused with its reason, the second waits for the next round.
//! Nothing here touches the disk.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::code::{Code, Sources};
use crate::compose::{Change, Model, Project, ProjectError, Resolved, Selection, Source};
use crate::finding::{Applicability, Finding, Fix, Severity};
use crate::kafka::topology::{Hints, Topology};
use crate::rules::{self, Context, Found, IgnoreComment, Rule};
use crate::source::{FileId, Files};
use crate::text::{EditSet, TextEdit};
use crate::yaml::{Document, comments_kept};

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the user says of the project.
    pub hints: Hints,
    /// The rules to run; none for all.
    pub select: Vec<&'static str>,
    /// The rules not to run.
    pub ignore: Vec<&'static str>,
    /// The least that a repair must be to be made.
    pub threshold: Applicability,
    /// What was already read of the services' code.
    pub sources: Sources,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            hints: Hints::default(),
            select: Vec::new(),
            ignore: Vec::new(),
            threshold: Applicability::Safe,
            sources: Sources::default(),
        }
    }
}

impl Options {
    fn runs(&self, rule: &Rule) -> bool {
        (self.select.is_empty() || self.select.contains(&rule.name)) && !self.ignore.contains(&rule.name)
    }

    /// What the rules find in a project.
    #[must_use]
    pub fn find(&self, files: &Files, project: &Project) -> Found {
        let code = self.code(files, project);
        self.find_in(&self.context(project, &code))
    }

    /// What the rules find in what they see.
    #[must_use]
    pub fn find_in(&self, context: &Context<'_>) -> Found {
        rules::find(context, |rule| self.runs(rule))
    }

    /// The code of a project's services.
    #[must_use]
    pub fn code(&self, files: &Files, project: &Project) -> Code {
        Code::of(project, files, &self.sources)
    }

    /// What the rules see of a project.
    #[must_use]
    pub fn context<'p>(&'p self, project: &'p Project, code: &'p Code) -> Context<'p> {
        Context::new(Topology::new(project, &self.hints).with_code(code))
    }
}

/// What came of a project.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was found before any repair; places are those of the files as they were.
    pub before: Found,
    /// Those files.
    pub files_before: Files,
    /// The files that change.
    pub changed: Vec<Changed>,
    /// The repairs that were made, in the order of the services, of each those of errors first.
    pub applied: Vec<Applied>,
    /// What is left of the findings, with the reasons in their `fix`; places are those of the repaired text.
    pub left: Vec<Finding>,
    /// The findings that comments ignore; places are those of the repaired text, too.
    pub ignored: Vec<Finding>,
    /// Those comments, and what is wrong with them.
    pub comments: Vec<IgnoreComment>,
    /// The files as they are after the repairs, for showing what is left.
    pub files: Files,
}

/// A file before and after.
#[derive(Clone, Debug)]
pub struct Changed {
    /// Its path.
    pub path: PathBuf,
    /// Its text before.
    pub before: Arc<str>,
    /// Its text after.
    pub after: Arc<str>,
}

/// A repair that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The rule.
    pub rule: &'static str,
    /// How much the fault costs that it mends.
    pub severity: Severity,
    /// The service.
    pub service: String,
    /// What was done.
    pub title: String,
    /// What it changed in the model.
    pub changes: Vec<Change>,
}

impl Outcome {
    /// What is left of the findings that there were before, at their places then.
    #[must_use]
    pub fn left_before(&self) -> Vec<Finding> {
        let as_left = |own: &Finding| {
            let left = self.left.iter().find(|left| left.is_same(own))?;
            Some(Finding { fix: left.fix.clone(), ..own.clone() })
        };
        self.before.findings.iter().filter_map(as_left).collect()
    }

    /// What the repairs changed in the model, together.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.applied.iter().flat_map(|applied| &applied.changes)
    }
}

/// A project is loaded, checked and repaired at most this often: each round ends with fewer findings, so real ones need two or three.
const MAX_ROUNDS: usize = 20;

/// Repairs a project in memory: that of a [`Selection`], or of a single compose file by its path. `files` keep their texts.
///
/// # Errors
/// [`ProjectError`] if the project cannot be loaded. Repairs that cannot be made are in [`Outcome::left`].
pub fn fix(files: &mut Files, selection: impl Into<Selection>, options: &Options) -> Result<Outcome, ProjectError> {
    let selection = selection.into();
    let mut project = Project::load(files, &selection)?;
    let mut run = Run {
        selection,
        files: files.clone(),
        applied: Vec::new(),
        mended: Vec::new(),
        refused: Vec::new(),
        threshold: options.threshold,
    };
    let text = |source: &Source| (source.file, files.get(source.file).shared_text());
    let before: BTreeMap<FileId, Arc<str>> = project.sources.iter().map(text).collect();
    let mut first = options.find(&run.files, &project);
    let mut found = first.clone();
    for _ in 0..MAX_ROUNDS {
        if !run.round(&project, &found) {
            break;
        }
        project = Project::load(&mut run.files, &run.selection)?;
        found = options.find(&run.files, &project);
    }
    // A later round may have found what a comment is for.
    for comment in &mut first.comments {
        let is_it =
            |own: &&IgnoreComment| (own.file, own.number, &own.rule) == (comment.file, comment.number, &comment.rule);
        if found.comments.iter().find(is_it).is_some_and(|own| own.remark.is_none()) {
            comment.remark = None;
        }
    }
    if let Some(reason) = run.failure(&first.findings, &found.findings) {
        let refused = |finding: &Finding| Finding { fix: Err(reason.clone()), ..finding.clone() };
        return Ok(Outcome {
            changed: Vec::new(),
            applied: Vec::new(),
            left: first.findings.iter().map(refused).collect(),
            ignored: first.ignored.clone(),
            comments: first.comments.clone(),
            before: first,
            files_before: files.clone(),
            files: files.clone(),
        });
    }
    for finding in &mut found.findings {
        if let Some((_, reason)) = run.refused.iter().find(|(refused, _)| refused.is_same(finding)) {
            finding.fix = Err(reason.clone());
        }
    }
    let number = |name: &str| project.services.iter().position(|service| service.name == name);
    run.applied.sort_by_cached_key(|applied| (number(&applied.service), Reverse(applied.severity)));
    let changed = before.into_iter().filter_map(|(file, before)| {
        let file = run.files.get(file);
        let after = file.shared_text();
        (before != after).then(|| Changed { path: file.path().to_owned(), before, after })
    });
    Ok(Outcome {
        before: first,
        files_before: files.clone(),
        changed: changed.collect(),
        applied: run.applied,
        left: found.findings,
        ignored: found.ignored,
        comments: found.comments,
        files: run.files,
    })
}

struct Run {
    selection: Selection,
    files: Files,
    applied: Vec<Applied>,
    /// What was repaired.
    mended: Vec<Finding>,
    /// What failed the proof, and why.
    refused: Vec<(Finding, String)>,
    threshold: Applicability,
}

impl Run {
    /// Makes as many repairs as go together; false if none was made.
    fn round(&mut self, project: &Project, found: &Found) -> bool {
        let candidates: Vec<(&Finding, &Fix)> = found
            .findings
            .iter()
            .filter(|finding| !self.refused.iter().any(|(refused, _)| refused.is_same(finding)))
            .filter(|finding| !self.mended.iter().any(|mended| mended.is_same(finding)))
            .filter_map(|finding| Some((finding, finding.fix.as_ref().ok()?)))
            .filter(|(_, fix)| fix.applicability >= self.threshold && fix.applicability > Applicability::Manual)
            .collect();
        let candidates = self.unopposed(candidates, found);
        let mut batch = Batch::default();
        let mut chosen: Vec<(&Finding, &Fix)> = candidates.into_iter().filter(|(_, fix)| batch.add(fix)).collect();
        if chosen.is_empty() {
            return false;
        }
        let mut proven = batch.prove(&self.files, &self.selection, project);
        if proven.is_err() {
            // Together they fail: one by one, to leave out those that do.
            (chosen, proven) = self.provable(chosen, project);
        }
        match proven {
            Ok(texts) if !chosen.is_empty() => {
                self.accept(texts, &chosen);
                true
            }
            _ => false,
        }
    }

    /// The `candidates` that leave alone what comments ignore; the others are refused.
    fn unopposed<'f>(
        &mut self,
        mut candidates: Vec<(&'f Finding, &'f Fix)>,
        found: &Found,
    ) -> Vec<(&'f Finding, &'f Fix)> {
        candidates.retain(|(finding, fix)| match found.objection(finding, fix) {
            Some(reason) => {
                self.refused.push(((*finding).clone(), reason));
                false
            }
            None => true,
        });
        candidates
    }

    /// As many of `candidates` as can be proven together, and the texts after them; what cannot be proven even alone is refused.
    fn provable<'f>(
        &mut self,
        candidates: Vec<(&'f Finding, &'f Fix)>,
        project: &Project,
    ) -> (Vec<(&'f Finding, &'f Fix)>, Proven) {
        let mut chosen = Vec::new();
        let mut batch = Batch::default();
        let mut texts = Vec::new();
        for (finding, fix) in candidates {
            let mut grown = batch.clone();
            if !grown.add(fix) {
                continue;
            }
            if let Ok(after) = grown.prove(&self.files, &self.selection, project) {
                (batch, texts) = (grown, after);
                chosen.push((finding, fix));
                continue;
            }
            let mut alone = Batch::default();
            alone.add(fix);
            if let Err(reason) = alone.prove(&self.files, &self.selection, project) {
                self.refused.push((finding.clone(), reason));
            }
        }
        (chosen, Ok(texts))
    }

    /// Why the repairs must not be kept, though each was proven: a fault that one of them was for is still there, or a new error is.
    fn failure(&self, first: &[Finding], last: &[Finding]) -> Option<String> {
        let stays = last.iter().find(|left| self.mended.iter().any(|mended| mended.is_same(left)));
        let is_known = |finding: &Finding| {
            first.iter().any(|known| (known.rule, &known.service) == (finding.rule, &finding.service))
        };
        let new = || last.iter().find(|left| left.severity == Severity::Error && !is_known(left));
        let finding = stays.or_else(new).filter(|_| !self.mended.is_empty())?;
        let (rule, service) = (finding.rule, &finding.service);
        Some(format!("the repaired project would still have {rule} in `{service}`; please report this as a bug"))
    }

    fn accept(&mut self, texts: Vec<(FileId, String)>, chosen: &[(&Finding, &Fix)]) {
        for (file, text) in texts {
            let path = self.files.get(file).path().to_owned();
            self.files.insert(path, text);
        }
        self.mended.extend(chosen.iter().map(|(finding, _)| (*finding).clone()));
        self.applied.extend(chosen.iter().map(|(finding, fix)| Applied {
            rule: finding.rule,
            severity: finding.severity,
            service: finding.service.clone(),
            title: fix.title.clone(),
            changes: fix.changes.iter().map(|(_, change)| change.clone()).collect(),
        }));
    }
}

/// The texts of the files that change, or why they must not: a sentence without a full stop.
type Proven = Result<Vec<(FileId, String)>, String>;

/// Repairs that are made together.
#[derive(Clone, Default)]
struct Batch<'f> {
    edits: BTreeMap<FileId, EditSet>,
    changes: Vec<&'f (FileId, Change)>,
}

impl<'f> Batch<'f> {
    /// Adds a repair with all its edits; false, and nothing, if one of them is in the way of another.
    fn add(&mut self, fix: &'f Fix) -> bool {
        let mut edits = self.edits.clone();
        let add = |(file, new): (&FileId, &Vec<TextEdit>)| edits.entry(*file).or_default().add_all(new).is_ok();
        if fix.edits.is_empty() || !fix.edits.iter().all(add) {
            return false;
        }
        self.edits = edits;
        self.changes.extend(&fix.changes);
        true
    }

    /// The texts after the repairs, if each file stands for what it stood for plus what the repairs declare, and Compose makes of all
    /// files together what the repairs intend.
    ///
    /// # Errors
    /// What is wrong with them, as a sentence without a full stop.
    fn prove(&self, files: &Files, selection: &Selection, project: &Project) -> Proven {
        let mut texts = Vec::new();
        let mut after = files.clone();
        for source in &project.sources {
            let Some(edits) = self.edits.get(&source.file) else { continue };
            let text = edits.apply(files.get(source.file).text());
            let reparsed = Document::parse(text.as_str()).map_err(|error| unreadable(&error))?;
            let declared: Vec<Change> = self.changes_in(source.file).cloned().collect();
            let mut wanted = Model::of(&source.document);
            declared.iter().for_each(|change| wanted.apply(change));
            let differences = Model::of(&reparsed).differences(&wanted, &declared);
            if !differences.is_empty() {
                return Err(explain(differences.into_iter().flatten().collect(), &declared));
            }
            comments_kept(&source.document, &reparsed, |node| declared.iter().any(|change| change.removes(node)))
                .map_err(|lost| format!("the edit would lose the comment `{}`", source.document.slice(lost)))?;
            after.insert(files.get(source.file).path().to_owned(), text.as_str());
            texts.push((source.file, text));
        }
        let repaired = Project::load(&mut after, selection).map_err(|error| unreadable(&error.describe(&after)))?;
        let declared: Vec<&Change> = self.changes.iter().map(|(_, change)| change).collect();
        let mut wanted = Resolved::of(project);
        declared.iter().for_each(|change| wanted.apply(project, change));
        let differences = Resolved::of(&repaired).differences(&wanted, &declared);
        if differences.is_empty() {
            return Ok(texts);
        }
        Err(explain(differences, &declared.into_iter().cloned().collect::<Vec<_>>()))
    }

    fn changes_in(&self, file: FileId) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |(changed, _)| *changed == file).map(|(_, change)| change)
    }
}

fn unreadable(error: &impl std::fmt::Display) -> String {
    format!("the repaired file could not be read again ({error}); please report this as a bug")
}

/// Says which services a repair would change that it must not.
fn explain(mut others: Vec<String>, declared: &[Change]) -> String {
    others.retain(|name| !declared.iter().any(|change| change.service() == Some(name)));
    if others.is_empty() {
        "the repaired file would not mean what the repair intends; please report this as a bug".to_owned()
    } else {
        format!("the edit would change `{}` too, which shares what is written there", others.join("`, `"))
    }
}
