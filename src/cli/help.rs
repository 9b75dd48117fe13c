//! What the help of each command says below its arguments.

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
  composefix check --select retired-image  by one rule alone";

pub(super) const DIFF: &str = "\
Examples:
  composefix diff                 what `composefix fix` would change
  composefix diff > kafka.patch   the same, for `git apply kafka.patch`
  composefix diff --unsafe-fixes  with those that choose an answer";

pub(super) const FIX: &str = "\
Examples:
  composefix fix                              the project here
  composefix fix -f compose.yaml -f dev.yaml  two files, as one project
  composefix fix --service billing            with billing as a client";

pub(super) const STATUS: &str = "\
Examples:
  composefix status                the map of the project here
  composefix status --format json  the same, for programs";
