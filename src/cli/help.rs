//! Examples of the help, and tips for flags that do not exist.

use std::sync::LazyLock;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::compose::{OLDER_VERSION, REFERENCE_VERSION};

/// The output of `--version`; `-V` prints its first line alone.
pub(super) static VERSION: LazyLock<String> = LazyLock::new(|| {
    let own = env!("CARGO_PKG_VERSION");
    format!("{own}\nreads projects as Docker Compose {REFERENCE_VERSION} does; notes say where {OLDER_VERSION} differs")
});

// The manual page would break an example of more than 70 characters.

pub(super) const PROGRAM: &str = "\
Examples:
  composefix check                            report problems in a project
  composefix fix                              fix them
  docker compose logs | composefix explain -  explain the errors in a log

Exit codes: 0 success; 1 `check` or `diff` has findings, or findings remain after `fix --strict`; 2 error.";

pub(super) const CHECK: &str = "\
Examples:
  composefix check                         check the project here
  composefix check services/               check all projects in a directory
  composefix check --select retired-image  run only one rule

To ignore a finding, write `# composefix: ignore[RULE] reason` on its line in the compose file or above its service.";

pub(super) const DIFF: &str = "\
Examples:
  composefix diff                 show what `composefix fix` would change
  composefix diff > kafka.patch   write a patch for `git apply kafka.patch`
  composefix diff --unsafe-fixes  include unsafe fixes

Paths in the diff are relative to the root of the repository; to apply it from a subdirectory, use `git -C ROOT apply`.";

pub(super) const FIX: &str = "\
Examples:
  composefix fix                              fix the project here
  composefix fix -f compose.yaml -f dev.yaml  fix two files that form one project
  composefix fix --client billing             treat billing as a client";

pub(super) const APPLY: &str = "\
Examples:
  composefix diff --format json > plan.json  write the plan, for review
  composefix apply plan.json                 apply it
  composefix apply - < plan.json             read it from standard input

A file that changed after the plan was made is an error; the other files of its project are left unchanged too.";

pub(super) const STATUS: &str = "\
Examples:
  composefix status                show the project here
  composefix status services/      show all projects in a directory
  composefix status --format json  print JSON";

pub(super) const EXPLAIN: &str = "\
Examples:
  docker compose logs | composefix explain -        explain a log
  composefix explain app.log                        explain a log in a file
  composefix explain connect ECONNREFUSED ::1:9092  explain one message
  composefix explain retired-image                  print the page of a rule";

/// Flags of other programs, and what does the same here.
const TIPS: [(&str, &str); 5] = [
    ("--dry-run", DIFF_IS_DRY),
    ("-n", DIFF_IS_DRY),
    ("--fix", "use `composefix fix` to apply the fixes"),
    ("--diff", DIFF_IS_DRY),
    ("--strict", "`check` and `diff` always exit with 1 if there are findings; only `fix` has `--strict`"),
];

const DIFF_IS_DRY: &str = "use `composefix diff` to show the fixes without applying them";

/// Replaces clap's suggestion for a flag of [`TIPS`] with its tip.
pub(super) fn with_tip(mut error: Error) -> Error {
    let tip = match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::UnknownArgument, Some(ContextValue::String(flag))) => {
            TIPS.iter().find(|(name, _)| name == flag).map(|(_, tip)| *tip)
        }
        _ => None,
    };
    if let Some(tip) = tip {
        // These are about a similar flag.
        error.remove(ContextKind::SuggestedArg);
        error.remove(ContextKind::Usage);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}
