//! What the help and the errors of the command line say besides the arguments.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

// In the manual an example of more than 70 characters would be broken.

pub(super) const PROGRAM: &str = "\
Examples:
  composefix check         what is wrong with the project here
  composefix diff          how it would be repaired
  composefix fix shop web  repair what is in two directories and below

Exit codes: 0 nothing to do, or done; 1 findings, or a diff (`fix`: findings remain, with --strict alone); 2 the job could not be done.";

pub(super) const CHECK: &str = "\
Examples:
  composefix check                         the project here
  composefix check shop                    all in a directory and below
  composefix check --select retired-image  by one rule alone

A comment `# composefix: ignore[RULE] reason` on the line of what is found, or above its service, has it left alone.";

pub(super) const DIFF: &str = "\
Examples:
  composefix diff                 what `composefix fix` would change
  composefix diff > kafka.patch   the same, for `git apply kafka.patch`
  composefix diff --unsafe-fixes  with those that choose an answer

Paths in the diff start at the root of the repository. In a folder below it, apply the diff with `git -C ROOT apply`.";

pub(super) const FIX: &str = "\
Examples:
  composefix fix                              the project here
  composefix fix -f compose.yaml -f dev.yaml  two files, as one project
  composefix fix --client billing             with billing as a client";

pub(super) const APPLY: &str = "\
Examples:
  composefix diff --format json > plan.json
                              what would be changed, for a review
  composefix apply plan.json  make just these changes, all or none of a project";

pub(super) const STATUS: &str = "\
Examples:
  composefix status                the map of the project here
  composefix status --format json  the same, for programs";

pub(super) const EXPLAIN: &str = "\
Examples:
  composefix explain retired-image              the page of a rule
  composefix explain connect ECONNREFUSED ::1:9092
                                                what a line of a log means
  docker compose logs | composefix explain -    what a whole log means";

/// Flags that people know from other programs, and what does the same here.
const TIPS: [(&str, &str); 5] = [
    ("--dry-run", DIFF_IS_DRY),
    ("-n", DIFF_IS_DRY),
    ("--fix", "`composefix fix` makes the fixes"),
    ("--diff", "`composefix diff` shows the fixes as a diff, and writes nothing"),
    ("--strict", "`check` and `diff` exit with 1 on findings anyway; only `fix` has to be told"),
];

const DIFF_IS_DRY: &str = "`composefix diff` shows the repairs, and writes nothing";

/// An error about arguments; where it is about a flag of [`TIPS`], that is the only tip.
pub(super) fn with_tip(mut error: Error) -> Error {
    let tip = match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::UnknownArgument, Some(ContextValue::String(flag))) => {
            TIPS.iter().find(|(name, _)| name == flag).map(|(_, tip)| *tip)
        }
        _ => None,
    };
    if let Some(tip) = tip {
        // A similar flag that clap found, and how that is used.
        error.remove(ContextKind::SuggestedArg);
        error.remove(ContextKind::Usage);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}
