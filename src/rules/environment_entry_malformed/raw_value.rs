//! Values of env files with `format: raw`.

use crate::analysis::Analysis;
use crate::compose::{EnvFileFormat, Service, Variable, without_quotes};
use crate::finding::{Finding, Reason, Remedy};
use crate::kafka::catalog::{CATALOG, VariableRole};
use crate::kafka::client::origin_of;
use crate::text::excerpt;

/// The addresses that have quotes or a comment in them, since that format takes both for parts of a value; `known` are the variables that
/// the service's image is known to read.
pub(super) fn check(analysis: &Analysis, service: &Service, known: &[String]) -> Vec<Finding> {
    let check = |variable: Variable<'_>| {
        let Variable::EnvFile(env_file, _, entry) = variable else { return None };
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
        let message = format!(
            "`{}` gets `{}` for `{}`: with `format: raw`, {what} {is} part of the value",
            service.name,
            excerpt(value, 50),
            entry.name
        );
        let found = super::RULE.finds(analysis, service, &origin_of(&analysis.project, variable), message);
        let help = format!("remove {what} in the env file, or remove `format: raw`");
        Some(found.aspect("raw").help(Some(help)).remedy(Remedy::None(Reason::InEnvFile)))
    };
    service.variables().filter_map(check).collect()
}
