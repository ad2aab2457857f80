//! Connections: who is at their end, and what still uses them.

use std::collections::{BTreeMap, BTreeSet};

use model::DeviceId;
use model::control::Page;
use sip::Flow;

/// See the module. UDP has no connections and is not in here.
#[derive(Debug)]
pub(super) struct Flows {
    flows: BTreeMap<Flow, Connection>,
    flows_max: usize,
    closable: Vec<Flow>,
}

#[derive(Debug, Default)]
struct Connection {
    /// Proved by the app's session.
    session: Option<DeviceId>,
    page: Option<Page>,
    /// Who registered over it.
    registered: BTreeSet<DeviceId>,
    dialogs: usize,
    /// Its phone has moved to another connection; it is closed once no dialog uses it.
    is_displaced: bool,
}

impl Flows {
    pub(super) fn new(flows_max: usize) -> Self {
        Self {
            flows: BTreeMap::new(),
            flows_max,
            closable: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.flows.len()
    }

    /// Remembers a connection; `false` when there is no room.
    pub(super) fn open(&mut self, flow: Flow, session: Option<DeviceId>, page: Option<Page>) -> bool {
        let has_room = self.flows.len() < self.flows_max;
        if has_room {
            self.flows.insert(
                flow,
                Connection {
                    session,
                    page,
                    ..Connection::default()
                },
            );
        }
        has_room
    }

    /// Forgets a connection; tells who was registered over it.
    pub(super) fn close(&mut self, flow: Flow) -> BTreeSet<DeviceId> {
        self.closable.retain(|closable| *closable != flow);
        self.flows.remove(&flow).map(|connection| connection.registered).unwrap_or_default()
    }

    /// The browser phone that the app's session has proved.
    pub(super) fn session(&self, flow: Flow) -> Option<DeviceId> {
        self.flows.get(&flow).and_then(|connection| connection.session)
    }

    /// Where the browser behind it has loaded its page from.
    pub(super) fn page(&self, flow: Flow) -> Option<Page> {
        self.flows.get(&flow).and_then(|connection| connection.page.clone())
    }

    /// Whether the phone behind it has moved on.
    pub(super) fn is_displaced(&self, flow: Flow) -> bool {
        self.flows.get(&flow).is_some_and(|connection| connection.is_displaced)
    }

    pub(super) fn register(&mut self, flow: Flow, device: DeviceId) {
        if let Some(connection) = self.flows.get_mut(&flow) {
            connection.registered.insert(device);
        }
    }

    pub(super) fn attach_dialog(&mut self, flow: Flow) {
        if let Some(connection) = self.flows.get_mut(&flow) {
            connection.dialogs += 1;
        }
    }

    pub(super) fn detach_dialog(&mut self, flow: Flow) {
        if let Some(connection) = self.flows.get_mut(&flow) {
            connection.dialogs = connection.dialogs.saturating_sub(1);
            if connection.is_displaced && connection.dialogs == 0 {
                self.closable.push(flow);
            }
        }
    }

    /// Its phone has moved on.
    pub(super) fn displace(&mut self, flow: Flow) {
        if let Some(connection) = self.flows.get_mut(&flow)
            && !connection.is_displaced
        {
            connection.is_displaced = true;
            if connection.dialogs == 0 {
                self.closable.push(flow);
            }
        }
    }

    /// Displaced connections that no dialog uses any more.
    pub(super) fn take_closable(&mut self) -> Vec<Flow> {
        let mut closable = std::mem::take(&mut self.closable);
        closable.retain(|flow| self.flows.get(flow).is_some_and(|connection| connection.dialogs == 0));
        closable
    }

    /// Connections that belong to a device.
    pub(super) fn of_device(&self, device: DeviceId) -> Vec<Flow> {
        let belongs = |connection: &Connection| connection.session == Some(device) || connection.registered.contains(&device);
        self.flows
            .iter()
            .filter(|(_, connection)| belongs(connection))
            .map(|(flow, _)| *flow)
            .collect()
    }
}
