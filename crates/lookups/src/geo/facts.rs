//! What can be known of an address.

/// The texts, in the order of [`Facts::texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    CountryCode,
    Country,
    ContinentCode,
    Continent,
    StateCode,
    State,
    City,
    PostalCode,
    TimeZone,
    RegisteredCountryCode,
    AsOrg,
    Isp,
    Organization,
    Domain,
    UserType,
}

/// How many there are.
pub(crate) const TEXTS: usize = Text::UserType as usize + 1;

/// What can be true of an address, in the order of [`Facts::flags`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flag {
    Anonymous,
    Vpn,
    Proxy,
    Tor,
    Hosting,
}

/// How many there are.
pub(crate) const FLAGS: usize = Flag::Hosting as usize + 1;

/// What is known of an address.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Facts<'a> {
    pub(crate) texts: [Option<&'a str>; TEXTS],
    pub(crate) flags: [Option<bool>; FLAGS],
    pub(crate) latitude: Option<f64>,
    pub(crate) longitude: Option<f64>,
    pub(crate) accuracy_km: Option<i32>,
    pub(crate) asn: Option<u32>,
}

impl Facts<'_> {
    /// Fills in what `other` has and this has not.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.texts.iter_mut().zip(&other.texts).for_each(|(text, other)| *text = text.or(*other));
        self.flags.iter_mut().zip(&other.flags).for_each(|(flag, other)| *flag = flag.or(*other));
        // One place: never the latitude of one database with the longitude of another.
        if self.latitude.is_none() || self.longitude.is_none() {
            (self.latitude, self.longitude, self.accuracy_km) = (other.latitude, other.longitude, other.accuracy_km);
        }
        self.asn = self.asn.or(other.asn);
    }

    /// Whether nothing is known.
    pub(crate) fn is_empty(&self) -> bool {
        let numbers = self.latitude.is_some() || self.longitude.is_some() || self.accuracy_km.is_some() || self.asn.is_some();
        !numbers && self.texts.iter().all(Option::is_none) && self.flags.iter().all(Option::is_none)
    }
}
