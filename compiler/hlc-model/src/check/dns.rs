//! Zones and their records, held against what DNS and Cloudflare allow.

pub(super) mod cname;
pub(super) mod duplicate_record;
pub(super) mod host_target;
pub(super) mod proxied;
pub(super) mod record_name;
pub(super) mod text;
pub(super) mod ttl;
pub(super) mod zone_absent;
