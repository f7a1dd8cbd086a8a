//! One hop of a way.

use hlc_diag::{Code, Span};
use hlc_plan::PlannedObject;

/// A part of the way of a request.
#[derive(Clone, Debug)]
pub struct Hop {
    /// What it is.
    pub kind: HopKind,
    /// Which one: `A grafana.example.net`, `bifrost-fw`, `grafana:3000`.
    pub name: String,
    /// What it does with the request, in a few words.
    pub detail: String,
    /// Where it is written; where what should be there is asked for, if it is nowhere.
    pub span: Option<Span>,
    /// Whether a request gets past it.
    pub state: State,
    /// The index of the hop that leads to it; `None` for the first.
    pub after: Option<usize>,
}

/// Whether a request gets past a hop.
#[derive(Clone, Debug)]
pub enum State {
    /// As far as the homelab says.
    Ok,
    /// A check says that it does not.
    Broken {
        /// The check's code.
        code: &'static Code,
        /// What it says.
        message: String,
        /// Where it says it.
        span: Span,
    },
    /// What decides it is not written in the homelab; why.
    Unknown(String),
}

/// What a hop is, in the order that requests come by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HopKind {
    /// A DNS record.
    Record,
    /// The address that it leads to.
    Address,
    /// A firewall of a server.
    Firewall,
    /// The proxy at the edge.
    Router,
    /// What the proxy asks before it lets a request through.
    Middleware,
    /// The application of the identity provider that answers it.
    Login,
    /// A certificate that is shown.
    Certificate,
    /// A gateway of the cluster.
    Gateway,
    /// A listener of the gateway.
    Listener,
    /// An HTTPRoute.
    Route,
    /// A Service with its port, of the cluster or of a Compose file.
    Service,
    /// What makes the pods behind it.
    Pods,
    /// The client of the identity provider that the application logs in with.
    Client,
    /// Where people are sent back to after a login.
    Redirect,
}

impl HopKind {
    /// Every kind, in order.
    pub const ALL: &'static [Self] = &[
        Self::Record,
        Self::Address,
        Self::Firewall,
        Self::Router,
        Self::Middleware,
        Self::Login,
        Self::Certificate,
        Self::Gateway,
        Self::Listener,
        Self::Route,
        Self::Service,
        Self::Pods,
        Self::Client,
        Self::Redirect,
    ];

    /// In a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Address => "address",
            Self::Firewall => "firewall",
            Self::Router => "edge",
            Self::Middleware => "middleware",
            Self::Login => "login",
            Self::Certificate => "certificate",
            Self::Gateway => "gateway",
            Self::Listener => "listener",
            Self::Route => "route",
            Self::Service => "service",
            Self::Pods => "pods",
            Self::Client => "client",
            Self::Redirect => "redirect",
        }
    }
}

/// A hop before it is judged, with the places by which findings are told to be about it.
pub(super) struct Draft<'m> {
    pub(super) hop: Hop,
    /// Places that are its own: every error there breaks it.
    pub(super) own: Vec<Span>,
    /// Places that it shares with other hops: only the codes of its kind count there.
    pub(super) shared: Vec<Span>,
    /// Objects that it consists of: every error in them breaks it.
    pub(super) objects: Vec<&'m PlannedObject>,
    /// Objects of other hops in which the codes of its kind count.
    pub(super) beside: Vec<&'m PlannedObject>,
}

impl<'m> Draft<'m> {
    pub(super) fn new(kind: HopKind, name: impl Into<String>, detail: impl Into<String>, span: Span) -> Self {
        let hop =
            Hop { kind, name: name.into(), detail: detail.into(), span: Some(span), state: State::Ok, after: None };
        Self { hop, own: vec![span], shared: Vec::new(), objects: Vec::new(), beside: Vec::new() }
    }

    /// A hop of which nothing is written where it would be.
    pub(super) fn unknown(kind: HopKind, name: impl Into<String>, reason: impl Into<String>) -> Self {
        let state = State::Unknown(reason.into());
        let hop = Hop { kind, name: name.into(), detail: String::new(), span: None, state, after: None };
        Self { hop, own: Vec::new(), shared: Vec::new(), objects: Vec::new(), beside: Vec::new() }
    }

    /// Says where it is asked for.
    pub(super) fn at(mut self, span: Span) -> Self {
        self.hop.span = Some(span);
        self
    }

    pub(super) fn because(mut self, reason: impl Into<String>) -> Self {
        self.hop.state = State::Unknown(reason.into());
        self
    }

    pub(super) fn own(mut self, spans: impl IntoIterator<Item = Span>) -> Self {
        self.own.extend(spans);
        self
    }

    pub(super) fn shared(mut self, spans: impl IntoIterator<Item = Span>) -> Self {
        self.shared.extend(spans);
        self
    }

    pub(super) fn made_of(mut self, objects: impl IntoIterator<Item = &'m PlannedObject>) -> Self {
        self.objects.extend(objects);
        self
    }

    pub(super) fn beside(mut self, objects: impl IntoIterator<Item = &'m PlannedObject>) -> Self {
        self.beside.extend(objects);
        self
    }
}

/// Puts hops behind each other.
pub(super) struct Chain<'m> {
    drafts: Vec<Draft<'m>>,
    last: Option<usize>,
}

impl<'m> Chain<'m> {
    pub(super) const fn new() -> Self {
        Self { drafts: Vec::new(), last: None }
    }

    /// The hop that the request comes to next.
    pub(super) fn then(&mut self, draft: Draft<'m>) {
        self.last = Some(self.put(draft, self.last));
    }

    /// A hop beside the way: what is asked or shown there. Gives back its index.
    pub(super) fn beside(&mut self, draft: Draft<'m>) -> usize {
        self.put(draft, self.last)
    }

    /// A hop behind another one.
    pub(super) fn put(&mut self, mut draft: Draft<'m>, after: Option<usize>) -> usize {
        draft.hop.after = after;
        self.drafts.push(draft);
        self.drafts.len() - 1
    }

    /// Says which of the hops the request has come to.
    pub(super) const fn stand_at(&mut self, index: usize) {
        self.last = Some(index);
    }

    /// The hop that the request has come to.
    pub(super) const fn last(&self) -> Option<usize> {
        self.last
    }

    pub(super) fn into_drafts(self) -> Vec<Draft<'m>> {
        self.drafts
    }
}
