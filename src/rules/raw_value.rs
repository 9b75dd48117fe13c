//! Values of env files with `format: raw`.

use crate::compose::{EnvFileFormat, Service, Variable, without_quotes};
use crate::finding::{Finding, Label, Severity};
use crate::kafka::catalog::{CATALOG, VariableRole};
use crate::rules::Context;

/// The addresses that have quotes or a comment in them, since that format takes both for parts of a value; `known` are the variables that
/// the service's image is known to read.
pub(super) fn check(context: &Context<'_>, service: &Service, known: &[String]) -> Vec<Finding> {
    let check = |variable: Variable<'_>| {
        let Variable::EnvFile(env_file, file, entry) = variable else { return None };
        let value = variable.value()?;
        let is_address = matches!(
            CATALOG.variable_role(&entry.name, None),
            VariableRole::BrokerAddress(_) | VariableRole::BrokerHost | VariableRole::BrokerPort
        );
        let (what, is) = match value {
            _ if env_file.format != EnvFileFormat::Raw || !(is_address || known.contains(&entry.name)) => return None,
            _ if without_quotes(value).len() < value.trim().len() => ("the quotes", "are"),
            _ if value.contains(" #") => ("the comment", "is"),
            _ => return None,
        };
        Some(Finding {
            rule: "environment-entry-malformed",
            severity: Severity::Error,
            service: service.name.clone(),
            message: format!(
                "`{}` of `{}` is `{value}`: with `format: raw`, {what} {is} part of the value",
                entry.name, service.name
            ),
            primary: Label { file, span: entry.value_span, message: String::new() },
            related: vec![context.label(env_file.node, "read with `format: raw`")],
            help: Some(format!("remove {what} there, or `format: raw` here")),
            fix: Err("composefix does not edit env files".to_owned()),
        })
    };
    service.variables().into_iter().filter_map(check).collect()
}
