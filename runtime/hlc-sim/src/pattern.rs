//! Which requests something is about: `/zones/*/dns_records`.

/// A path in which `*` stands for one segment, and `**` at the end for all that follow.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Vec<String>);

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        Self(segments(text).map(str::to_owned).collect())
    }

    pub(crate) fn matches(&self, path: &str) -> bool {
        let mut path = segments(path);
        for wanted in &self.0 {
            if wanted == "**" {
                return true;
            }
            let Some(segment) = path.next() else { return false };
            if wanted != "*" && wanted != segment {
                return false;
            }
        }
        path.next().is_none()
    }
}

/// The parts of a path between its slashes; a slash at the end makes no part.
pub(crate) fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_segment_and_two_are_the_rest() {
        let pattern = Pattern::new("/zones/*/dns_records");
        assert!(pattern.matches("/zones/a/dns_records") && pattern.matches("/zones/a/dns_records/"));
        assert!(!pattern.matches("/zones/a/dns_records/b") && !pattern.matches("/zones/a"));
        let rest = Pattern::new("/zones/**");
        assert!(rest.matches("/zones/a/dns_records") && rest.matches("/zones") && !rest.matches("/user"));
    }
}
