//! A service with its program, before it is judged, and the files that containers of one program bring each other.

use crate::code::{Code, ServiceCode};
use crate::compose::Service;
use crate::kafka::catalog::{CATALOG, Image, KafkaClient};
use crate::kafka::client::work::is_scheduler;
use crate::kafka::topology::Topology;
use crate::kafka::usage::{Sign, Usage, submitted, usage};

/// A service, and what is known of its program.
pub(super) struct Subject<'s> {
    pub(super) service: &'s Service,
    pub(super) image: Option<Image>,
    pub(super) code: Option<&'s ServiceCode>,
    /// The ready-made program of its image.
    pub(super) own_program: Option<&'static KafkaClient>,
    /// That of its image, or of the image that its own is based on.
    pub(super) program_by_image: Option<&'static KafkaClient>,
    /// That, or the one that its command or its variables show.
    pub(super) program: Option<&'static KafkaClient>,
    pub(super) usage: Usage,
}

impl<'s> Subject<'s> {
    /// The services of a project that are not brokers.
    pub(super) fn all(topology: &'s Topology, code: &'s Code) -> Vec<Self> {
        let services = topology.project.services.iter().filter(|service| !topology.is_node(service.id));
        let mut subjects: Vec<Self> = services.map(|service| Self::of(topology, code, service)).collect();
        hand_over(topology, &mut subjects);
        subjects
    }

    fn of(topology: &Topology, code: &'s Code, service: &'s Service) -> Self {
        let image = service.image.as_ref().and_then(|image| Image::parse(image.as_str()));
        let code = code.service(service.id);
        let own_program = image.as_ref().and_then(|image| CATALOG.client(image));
        let program_by_image = own_program.or_else(|| code.and_then(program_below));
        let by_command = || CATALOG.client_by_command(service.split_words());
        let by_variables = || CATALOG.client_by_variables(service);
        let program = program_by_image.or_else(by_command).or_else(by_variables);
        let own_code = code.filter(|_| !is_scheduler(service));
        let usage = own_code.map(|code| usage(topology, service, code, program)).unwrap_or_default();
        Self { service, image, code, own_program, program_by_image, program, usage }
    }

    fn runs(&self, program: &KafkaClient) -> bool {
        self.program.is_some_and(|own| own.name == program.name)
    }
}

/// The ready-made program in the base image of a service's own image, if nothing in that image sets the broker address.
fn program_below(code: &ServiceCode) -> Option<&'static KafkaClient> {
    let program = CATALOG.client(&Image::parse(code.base_image.as_deref()?)?)?;
    let is_set = program.variables.iter().any(|own| code.image_env.iter().any(|set| set.name == own.name));
    (!is_set).then_some(program)
}

/// Gives the addresses in the files that containers submit to a program (tables, jobs) to the parts of it that connect to them.
fn hand_over(topology: &Topology, subjects: &mut [Subject<'_>]) {
    let mut programs: Vec<&KafkaClient> = subjects.iter().filter_map(|subject| subject.program).collect();
    programs.retain(|program| program.files.iter().any(|file| file.shared));
    programs.sort_by(|a, b| a.name.cmp(&b.name));
    programs.dedup_by(|a, b| a.name == b.name);
    for program in programs {
        let (own, others): (Vec<_>, Vec<_>) = subjects.iter_mut().partition(|subject| subject.runs(program));
        let (workers, submitters): (Vec<_>, Vec<_>) =
            own.into_iter().partition(|subject| program.works_in(subject.service));
        let from_others = others.iter().filter_map(|subject| Some((subject.service, subject.code?)));
        let mut signs: Vec<Sign> =
            from_others.flat_map(|(service, code)| submitted(topology, service, code, program)).collect();
        let is_worked = !workers.is_empty();
        for subject in submitters {
            let own = std::mem::take(&mut subject.usage.submitted);
            // A job may run in the container that has it.
            let kept = if is_worked { &mut signs } else { &mut subject.usage.configured };
            kept.extend(own);
        }
        signs.extend(workers.iter().flat_map(|subject| &subject.usage.submitted).cloned());
        signs.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        signs.dedup();
        for subject in workers.into_iter().filter(|_| !signs.is_empty()) {
            let usage = &mut subject.usage;
            usage.is_submitted_to = usage.configured.is_empty() && usage.submitted.is_empty();
            usage.configured.extend(signs.iter().cloned());
        }
    }
}
