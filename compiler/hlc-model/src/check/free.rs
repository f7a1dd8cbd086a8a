//! Addresses and networks that nobody has, to be offered where something has the wrong ones.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::owners::is_no_host;
use crate::concept::Network;

/// Some addresses in a row, from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FreeRange {
    pub(super) first: Ipv4Addr,
    pub(super) last: Ipv4Addr,
}

impl FreeRange {
    pub(super) fn contains(self, ip: Ipv4Addr) -> bool {
        (self.first..=self.last).contains(&ip)
    }
}

impl std::fmt::Display for FreeRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.first == self.last { write!(f, "{}", self.first) } else { write!(f, "{}-{}", self.first, self.last) }
    }
}

/// So many addresses in a row of a network that suit, where they are nearest to the one that was chosen; where nowhere are that
/// many, the longest row there is.
pub(super) fn free_range(
    network: &Network,
    chosen: Ipv4Addr,
    count: u32,
    suits: impl Fn(Ipv4Addr) -> bool,
) -> Option<FreeRange> {
    /// How far away is looked at: further than any homelab's network reaches.
    const FAR: u32 = 1 << 12;
    let cidr = network.cidr.value;
    let near = u32::from(counterpart(network, chosen));
    let first = near.saturating_sub(FAR).max(cidr.network().into());
    let last = near.saturating_add(FAR).min(cidr.broadcast().into());
    let mut best: Option<(u32, u32, u32)> = None;
    let mut begin: Option<u32> = None;
    for at in first..=last {
        let ip = Ipv4Addr::from(at);
        let is_free = is_no_host(network, ip).is_none() && suits(ip);
        let start = begin.filter(|_| is_free).or(is_free.then_some(at));
        let ended = if is_free && at == last { start.map(|start| (start, at)) } else { None };
        let ended = ended.or(begin.filter(|_| !is_free).map(|start| (start, at.saturating_sub(1))));
        begin = start;
        if let Some((from, to)) = ended {
            let length = to.abs_diff(from).saturating_add(1).min(count);
            let start = near.clamp(from, to.saturating_sub(length.saturating_sub(1)));
            let fit = (count.saturating_sub(length), start.abs_diff(near), start);
            best = Some(best.map_or(fit, |best| best.min(fit)));
        }
    }
    let (short, _, start) = best?;
    let last = start.saturating_add(count.saturating_sub(short).saturating_sub(1));
    Some(FreeRange { first: start.into(), last: last.into() })
}

/// The address of a network that is to it what an address is to its own: 192.168.2.7 is 192.168.1.7 in 192.168.1.0/24.
fn counterpart(network: &Network, ip: Ipv4Addr) -> Ipv4Addr {
    let cidr = network.cidr.value;
    if cidr.contains(&ip) {
        return ip;
    }
    (u32::from(cidr.network()) | u32::from(ip) & u32::from(cidr.hostmask())).into()
}

/// A network of the size of one, or the largest below that, which nobody has: in the same block of those that are for networks
/// of one's own, else in another of them (RFC 1918).
pub(super) fn free_network(like: &Ipv4Net, taken: &[Ipv4Net]) -> Option<Ipv4Net> {
    /// How many are tried of a size.
    const MOST: usize = 1024;
    let blocks =
        [(Ipv4Addr::new(10, 0, 0, 0), 8), (Ipv4Addr::new(172, 16, 0, 0), 12), (Ipv4Addr::new(192, 168, 0, 0), 16)];
    let mut blocks: Vec<Ipv4Net> =
        blocks.into_iter().filter_map(|(ip, length)| Ipv4Net::new(ip, length).ok()).collect();
    blocks.sort_by_key(|block| !block.contains(&like.network()));
    let of_size = |length: u8| {
        let nets = blocks.iter().filter_map(|block| Some(block.subnets(length).ok()?.take(MOST)));
        nets.flatten().find(|free| !taken.iter().any(|other| share(free, other)))
    };
    (like.prefix_len()..=30).find_map(of_size)
}

/// True when some address is in both.
pub(super) fn share(a: &Ipv4Net, b: &Ipv4Net) -> bool {
    a.contains(&b.network()) || b.contains(&a.network())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Ipv4Net {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_stays_in_its_block_and_shrinks_only_where_it_must() {
        let free = |like: &str, taken: &[&str]| {
            let taken: Vec<Ipv4Net> = taken.iter().map(|text| net(text)).collect();
            free_network(&net(like), &taken).map(|free| free.to_string())
        };
        assert_eq!(free("192.168.1.0/24", &["192.168.0.0/24", "192.168.1.0/24"]).as_deref(), Some("192.168.2.0/24"));
        assert_eq!(free("192.168.0.0/16", &["192.168.1.0/24"]).as_deref(), Some("10.0.0.0/16"));
        assert_eq!(free("10.0.0.0/8", &["10.0.0.0/16"]).as_deref(), Some("10.128.0.0/9"));
        assert_eq!(free("10.0.0.0/8", &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]), None);
    }
}
