//! Mutated compose files: a repair of an accepted file is refused or does what it declares.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use composefix::compose::{Condition, Model, Project};
use composefix::repair;
use composefix::source::{Files, Memory};
use composefix::text::EditSet;
use composefix::yaml::Document;

use crate::laws;
use crate::mutated::{Random, corpus, time};
use crate::{all_changes, all_edits};

/// The results of the fixes of one text.
#[derive(Default)]
struct Tally {
    made: usize,
    refused: usize,
    unproven: usize,
}

fn load(text: &str) -> Option<Project> {
    let path = Path::new("compose.yml");
    let memory = Memory([(PathBuf::from(path), text.as_bytes().to_vec())].into());
    Project::read(&mut Files::new(memory), path).ok()
}

/// Makes each repair of each service, one at a time.
///
/// # Errors
/// Edits that conflict, or after which the text cannot be read.
fn examine(text: &str) -> Result<Tally, String> {
    let mut tally = Tally::default();
    let Some(project) = load(text) else { return Ok(tally) };
    let wanted = [("kafka".to_owned(), Condition::Healthy)];
    for service in &project.services {
        let repairs = [
            repair::set_variable(&project, service, "KAFKA_BROKERS", "kafka:9092", |_| false),
            repair::require(&project, service, &wanted, |_| false),
        ];
        for repair in repairs {
            let Ok(made) = repair else {
                tally.refused += 1;
                continue;
            };
            let mut edits = EditSet::default();
            edits.add_all(&all_edits(&made)).map_err(|conflict| format!("{}: {conflict}", service.name))?;
            let after = edits.apply(text);
            let repaired =
                Document::parse(after.as_str()).map_err(|error| format!("{}: {error}: {after}", service.name))?;
            let (changes, mut model) = (all_changes(&made), Model::of(&project.sources[0].document));
            changes.iter().for_each(|change| model.apply(change));
            // The fixer refuses what fails this proof: no harm, but a refusal that it should not come to.
            let is_proven = model.differences(&Model::of(&repaired), &changes).is_empty();
            tally.made += usize::from(is_proven);
            tally.unproven += usize::from(!is_proven);
        }
    }
    Ok(tally)
}

#[test]
fn mutated_files_are_repaired_as_declared_or_not_at_all() {
    let mut files: Vec<String> = corpus().into_iter().filter(|text| text.len() < 6_000).collect();
    files.extend(laws::files());
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let mut random = Random::default();
    let (mut inputs, mut all) = (0, Tally::default());
    let (time, start) = (time(), Instant::now());
    while start.elapsed() < time {
        let mut text = random.pick(&files).to_owned();
        for _ in 0..=random.below(3) {
            random.mutate(&mut text, &files);
        }
        inputs += 1;
        let examined = catch_unwind(AssertUnwindSafe(|| examine(&text))).unwrap_or_else(|_| Err("panic".to_owned()));
        let tally = examined.unwrap_or_else(|why| panic!("{why}\n{text:?}"));
        all.made += tally.made;
        all.refused += tally.refused;
        all.unproven += tally.unproven;
    }
    #[expect(clippy::print_stdout, reason = "how much was tried is the result of the test")]
    {
        let Tally { made, refused, unproven } = all;
        println!("{inputs} inputs: {made} repairs made, {refused} refused, {unproven} left to the proof to refuse");
    }
    assert!(all.made > 0, "no mutated file was repaired");
    assert!(all.unproven * 200 < all.made, "the proof must be the exception: {} of {}", all.unproven, all.made);
}
