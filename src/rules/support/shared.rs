//! Fixes that several services have together, because what they change is written once for all of them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::compose::{Change, Service};
use crate::finding::{Fix, Reason};
use crate::yaml::NodeId;

/// By place and by what is done there, the fix of each service that it changes.
type ByService = HashMap<(NodeId, String), HashMap<String, Arc<Fix>>>;

/// The fixes that a rule has made so far: a base that a thousand services extend is changed by one fix, not by a thousand equal ones.
#[derive(Default)]
pub(in crate::rules) struct SharedFixes(RefCell<ByService>);

impl SharedFixes {
    /// The fix that was made for another service to do `what` at a place, if it changes this service as well; else the one that `make` makes.
    pub(in crate::rules) fn fix(
        &self,
        (place, what): (NodeId, &str),
        service: &Service,
        make: impl FnOnce() -> Result<Fix, Reason>,
    ) -> Result<Arc<Fix>, Reason> {
        let key = (place, what.to_owned());
        if let Some(fix) = self.0.borrow().get(&key).and_then(|fixes| fixes.get(&service.name)) {
            return Ok(Arc::clone(fix));
        }
        let fix = Arc::new(make()?);
        let services = fix.changes.iter().filter_map(|(_, change)| Change::service(change));
        let mut known = self.0.borrow_mut();
        let fixes = known.entry(key).or_default();
        for name in services {
            fixes.entry(name.to_owned()).or_insert_with(|| Arc::clone(&fix));
        }
        Ok(fix)
    }
}
