//! Hosts as the rules about changes see them.

use hlc_diff::{Exposure, HostExposure};

use super::{Guard, Owner, Reach, View};

impl Reach {
    /// How open the hosts of workloads are.
    #[must_use]
    pub fn exposure(&self) -> Exposure {
        let mut exposure = Exposure::default();
        for host in self.hosts.iter().filter(|host| matches!(host.owner, Owner::Workload(_))) {
            let way = host.from(View::Internet);
            let guard = way.map(|way| &way.guard).filter(|guard| !matches!(guard, Guard::Open | Guard::Unsaid));
            let guard = guard.map(ToString::to_string);
            let origin = Some(host.span);
            exposure.insert(host.name.clone(), HostExposure { public: way.is_some(), guard, origin });
        }
        exposure
    }
}
