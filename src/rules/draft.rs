//! A finding while a rule writes it.

use crate::analysis::Analysis;
use crate::compose::{Origin, Service};
use crate::finding::{FileLine, Finding, FindingId, Label, Reason, Remedy, Severity};
use crate::rules::Rule;

/// A finding that lacks its remedy.
pub(super) struct Draft {
    id: FindingId,
    severity: Severity,
    service: String,
    message: String,
    primary: Label,
    related: Vec<Label>,
    help: Option<String>,
}

impl Rule {
    /// What this rule finds in a service, at the place where it is written. The steps by which a value came to the service are shown too.
    pub(super) fn finds(
        &self,
        analysis: &Analysis,
        service: &Service,
        origin: &Origin,
        message: impl Into<String>,
    ) -> Draft {
        let (primary, related) = analysis.labels_of(origin, "");
        Draft {
            id: FindingId {
                rule: self.name,
                service: service.id,
                site: analysis.site_of(origin),
                aspect: String::new(),
            },
            severity: self.severity,
            service: service.name.clone(),
            message: message.into(),
            primary,
            related,
            help: None,
        }
    }
}

impl Draft {
    /// Which of several things that the rule may find there.
    pub(super) fn aspect(mut self, aspect: impl Into<String>) -> Self {
        self.id.aspect = aspect.into();
        self
    }

    pub(super) fn severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// Sets the label of the underlined text.
    pub(super) fn label(mut self, message: impl Into<String>) -> Self {
        self.primary.message = message.into();
        self
    }

    pub(super) fn related(mut self, labels: impl IntoIterator<Item = Label>) -> Self {
        self.related.extend(labels);
        self
    }

    pub(super) fn help(self, help: Option<String>) -> Self {
        Self { help, ..self }
    }

    pub(super) fn remedy(self, remedy: impl Into<Remedy>) -> Finding {
        let Self { id, severity, service, message, primary, related, help } = self;
        let remedy = remedy.into();
        let help = help.or_else(|| by_hand(&remedy));
        Finding { id, severity, service, message, primary, related, help, remedy }
    }
}

/// What to do by hand about the lines of a file.
fn by_hand(remedy: &Remedy) -> Option<String> {
    let Remedy::None(Reason::InFile(lines)) = remedy else { return None };
    let line = |own: &FileLine| {
        let path = own.place.path.display();
        let place = own.place.line.map_or_else(|| path.to_string(), |line| format!("{path}:{line}"));
        match &own.value {
            Some(value) => format!("write `{}={value}` in {place}", own.property),
            None => format!("remove `{}` from {place}", own.property),
        }
    };
    Some(lines.iter().map(line).collect::<Vec<_>>().join("\n"))
}
