//! Where in an event an element stands, and what its text and attributes are there.

use hashbrown::HashMap;

use crate::names::{NameId, Names};
use crate::plan::{StateId, Target};
use crate::projection::Column;

/// Deepest nesting of data that gets a name.
const MAX_DATA_DEPTH: u8 = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum State {
    /// Before the first element, which is the event whatever its name.
    Root,
    /// Children are `System`, `EventData`, `UserData`, and others that become data under their own names.
    Event,
    /// Children are columns.
    System,
    /// A child of `System`.
    Field(Field),
    /// `EventData`, or the one element in `UserData`: children are data.
    Data { name: NameId },
    /// `UserData`: the element in it only says what the data are.
    User { name: NameId },
    /// An element of the data. Elements within have its name before theirs.
    Named { name: NameId, depth: u8 },
    /// Whatever is not kept.
    Ignored,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    Provider,
    EventId,
    Version,
    Level,
    Task,
    Opcode,
    Keywords,
    Time,
    RecordId,
    Correlation,
    Execution,
    Channel,
    Computer,
    Security,
}

/// The place of a child element, and whether it was too deep to be kept.
pub(crate) fn open(parent: State, element: NameId, names: &mut Names) -> (State, bool) {
    let state = match parent {
        State::Root => State::Event,
        State::Event => match names.text(element) {
            "System" => State::System,
            "EventData" => State::Data { name: element },
            "UserData" => State::User { name: element },
            _ => State::Named { name: element, depth: 1 },
        },
        State::System => match names.text(element) {
            "Provider" => State::Field(Field::Provider),
            "EventID" => State::Field(Field::EventId),
            "Version" => State::Field(Field::Version),
            "Level" => State::Field(Field::Level),
            "Task" => State::Field(Field::Task),
            "Opcode" => State::Field(Field::Opcode),
            "Keywords" => State::Field(Field::Keywords),
            "TimeCreated" => State::Field(Field::Time),
            "EventRecordID" => State::Field(Field::RecordId),
            "Correlation" => State::Field(Field::Correlation),
            "Execution" => State::Field(Field::Execution),
            "Channel" => State::Field(Field::Channel),
            "Computer" => State::Field(Field::Computer),
            "Security" => State::Field(Field::Security),
            _ => State::Ignored,
        },
        State::User { .. } => State::Data { name: element },
        // Unless an attribute names it.
        State::Data { name } if names.text(name) == "EventData" && names.text(element) == "Data" => {
            State::Named { name: names.unnamed(), depth: 1 }
        }
        State::Data { .. } => State::Named { name: element, depth: 1 },
        State::Named { name, depth } if depth < MAX_DATA_DEPTH => match names.dotted(name, element) {
            Some(name) => State::Named { name, depth: depth + 1 },
            None => return (State::Ignored, true),
        },
        State::Named { .. } => return (State::Ignored, true),
        State::Field(_) | State::Ignored => State::Ignored,
    };
    (state, false)
}

/// Where the text of an element goes.
pub(crate) fn text(state: State) -> Target {
    match state {
        State::Field(field) => match field {
            Field::EventId => Target::Column(Column::EventId),
            Field::Version => Target::Column(Column::Version),
            Field::Level => Target::Column(Column::Level),
            Field::Task => Target::Column(Column::Task),
            Field::Opcode => Target::Column(Column::Opcode),
            Field::Keywords => Target::Column(Column::Keywords),
            Field::RecordId => Target::Column(Column::RecordId),
            Field::Channel => Target::Column(Column::Channel),
            Field::Computer => Target::Column(Column::Computer),
            Field::Provider | Field::Time | Field::Correlation | Field::Execution | Field::Security => Target::Nothing,
        },
        State::Data { name } | State::User { name } => Target::Text(name),
        State::Named { name, .. } => Target::Data(name),
        State::Root | State::Event | State::System | State::Ignored => Target::Nothing,
    }
}

/// Where an attribute goes. `Name` of an element of the data is its name and is not asked for here.
pub(crate) fn attribute(state: State, attribute: NameId, names: &mut Names) -> Target {
    match state {
        State::Field(field) => match (field, names.text(attribute)) {
            (Field::Provider, "Name") => Target::Column(Column::Provider),
            (Field::Provider, "Guid") => Target::Column(Column::ProviderGuid),
            (Field::Time, "SystemTime") => Target::Column(Column::Time),
            (Field::Correlation, "ActivityID") => Target::Column(Column::ActivityId),
            (Field::Execution, "ProcessID") => Target::Column(Column::ProcessId),
            (Field::Execution, "ThreadID") => Target::Column(Column::ThreadId),
            (Field::Security, "UserID") => Target::Column(Column::User),
            _ => Target::Nothing,
        },
        State::Data { name } | State::User { name } | State::Named { name, .. } => {
            // Namespaces are the same for every event of a kind.
            let text = names.text(attribute);
            if text == "xmlns" || text.starts_with("xmlns:") {
                return Target::Nothing;
            }
            names.dotted(name, attribute).map_or(Target::Nothing, Target::Text)
        }
        State::Root | State::Event | State::System | State::Ignored => Target::Nothing,
    }
}

/// The element's place once its attribute `Name` is known: that takes the place of the element's own name.
pub(crate) fn rename(parent: State, state: State, name: &str, names: &mut Names) -> State {
    let State::Named { depth, .. } = state else { return state };
    let name = match parent {
        State::Named { name: parent, .. } => {
            let name = names.id(name);
            names.dotted(parent, name)
        }
        _ => Some(names.id(name)),
    };
    name.map_or(state, |name| State::Named { name, depth })
}

/// Numbers for states, so that a template compiled for one is found again.
#[derive(Debug, Default)]
pub(crate) struct States {
    ids: HashMap<State, StateId>,
    list: Vec<State>,
}

impl States {
    pub(crate) const ROOT: StateId = 0;

    pub(crate) fn new() -> Self {
        let mut states = States::default();
        states.id(State::Root);
        states
    }

    /// Past 65,535 different places whatever stands at the next one is not kept.
    pub(crate) fn id(&mut self, state: State) -> StateId {
        if let Some(id) = self.ids.get(&state) {
            return *id;
        }
        let Some(id) = StateId::try_from(self.list.len()).ok().filter(|id| *id < StateId::MAX) else { return StateId::MAX };
        self.ids.insert(state, id);
        self.list.push(state);
        id
    }

    /// Whether it is time to begin anew.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() > 1 << 14
    }

    pub(crate) fn get(&self, id: StateId) -> State {
        self.list.get(usize::from(id)).copied().unwrap_or(State::Ignored)
    }
}
