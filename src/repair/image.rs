//! Gives a service another image.

use crate::compose::{Change, Project, Service};
use crate::repair::reach;
use crate::repair::{Refusal, Repair};
use crate::yaml::edit;

/// Replaces `from` with `to` in a service's image. Other services may get the change through an anchor; `shared` decides whether that is
/// right.
///
/// # Errors
/// [`Refusal`] if that part of the image is in a variable, or the change would reach a wrong service through an anchor.
pub fn set_image(
    project: &Project,
    service: &Service,
    from: &str,
    to: &str,
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    let Some(image) = &service.image else { return Err(Refusal(format!("`{}` has no image", service.name))) };
    let place = image.as_str().find(from).map(|start| start..start + from.len());
    let Some(written) = place.and_then(|place| image.with_part(place, to)) else {
        return Err(Refusal("the name of the image comes from a variable".to_owned()));
    };
    let edits = edit::replace_value(project.document(image.node), image.node, &written)?;
    let changes_of = |service: &Service| vec![Change::Image { service: service.name.clone(), image: written.clone() }];
    reach::declared(project, service, image.node, edits, shared, changes_of)
}
