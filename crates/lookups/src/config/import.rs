//! From MSTICPy's `msticpyconfig.yaml` to ours. Secrets that are references stay references.

use crate::ti::{ProviderSpec, providers};
use crate::yaml::{Field, Node, Problem, Value};
use std::fmt::Write as _;

/// A configuration of ours, and what could not be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The text of `config.yaml`.
    pub text: String,
    /// What to look at.
    pub notes: Vec<String>,
}

/// Reads the text of a `msticpyconfig.yaml`.
pub fn import(text: &str) -> Result<Imported, Problem> {
    let tree = crate::yaml::read(text)?;
    let mut imported = Imported { text: String::new(), notes: Vec::new() };
    let (mut accounts, mut geo) = (String::new(), String::new());
    for section in tree.fields("the file")? {
        match section.name.as_str() {
            "TIProviders" => {
                for entry in section.node.fields("TIProviders")? {
                    imported.provider(entry, &mut accounts)?;
                }
            }
            "OtherProviders" => {
                for entry in section.node.fields("OtherProviders")? {
                    imported.other(entry, &mut accounts, &mut geo)?;
                }
            }
            other => imported.notes.push(format!("line {}: section '{}' has no counterpart", section.line, other.escape_debug())),
        }
    }
    imported.text.push_str("# Taken over from msticpyconfig.yaml by `huntsql config import`.\n");
    for (name, body) in [("providers", accounts), ("geo", geo)] {
        if !body.is_empty() {
            _ = write!(imported.text, "{name}:\n{body}");
        }
    }
    Ok(imported)
}

fn find<'n>(fields: &'n [Field], name: &str) -> Option<&'n Node> {
    fields.iter().find(|field| field.name.eq_ignore_ascii_case(name)).map(|field| &field.node)
}

/// The provider that MSTICPy calls by that name.
fn provider(name: &str) -> Option<&'static ProviderSpec> {
    let specs = providers().iter().map(|provider| provider.spec());
    specs.into_iter().find(|spec| !spec.msticpy_name.is_empty() && spec.msticpy_name.eq_ignore_ascii_case(name))
}

impl Imported {
    fn provider(&mut self, entry: &Field, out: &mut String) -> Result<(), Problem> {
        let fields = entry.node.fields(&entry.name)?;
        let class = find(fields, "Provider").and_then(|node| node.text("Provider").ok()).unwrap_or(&entry.name);
        let Some(spec) = provider(class).or_else(|| provider(&entry.name)) else {
            self.notes.push(format!("line {}: provider '{}' is not known to huntsql", entry.line, entry.name.escape_debug()));
            return Ok(());
        };
        let mut settings = String::new();
        if let Some(arguments) = find(fields, "Args") {
            for argument in arguments.fields("Args")? {
                let name = match argument.name.to_ascii_lowercase().replace('_', "").as_str() {
                    "authkey" | "apikey" => "api_key",
                    "apiid" => "api_id",
                    "instance" => "instance",
                    _ => {
                        self.notes.push(format!(
                            "line {}: '{}' of {} has no counterpart",
                            argument.line,
                            argument.name.escape_debug(),
                            spec.name
                        ));
                        continue;
                    }
                };
                if !spec.settings.iter().any(|setting| setting.name == name) {
                    self.notes.push(format!("line {}: {} needs no '{name}'", argument.line, spec.name));
                    continue;
                }
                if let Some(value) = self.value(argument) {
                    _ = writeln!(settings, "    {name}: {value}");
                }
            }
        }
        // A provider without a setting needs no entry, unless it is to be seen that it was there.
        let empty = if settings.is_empty() { " {}" } else { "" };
        _ = write!(out, "  {}:{empty}\n{settings}", spec.account);
        Ok(())
    }

    fn other(&mut self, entry: &Field, accounts: &mut String, geo: &mut String) -> Result<(), Problem> {
        if provider(&entry.name).is_some() {
            return self.provider(entry, accounts);
        }
        if !entry.name.to_ascii_lowercase().starts_with("geoip") {
            self.notes.push(format!("line {}: provider '{}' has no counterpart", entry.line, entry.name.escape_debug()));
            return Ok(());
        }
        let Some(arguments) = find(entry.node.fields(&entry.name)?, "Args") else { return Ok(()) };
        for argument in arguments.fields("Args")? {
            let name = match argument.name.to_ascii_lowercase().as_str() {
                "authkey" => "license_key",
                "accountid" => "account_id",
                "dbfolder" => "databases",
                _ => continue,
            };
            if let Some(value) = self.value(argument) {
                _ = writeln!(geo, "  {name}: {value}");
            }
        }
        Ok(())
    }

    /// A value as YAML: a reference where it was one.
    fn value(&mut self, argument: &Field) -> Option<String> {
        match &argument.node.value {
            Value::Text(text) => Some(quoted(text)),
            Value::Map(fields) => {
                if let Some(variable) = find(fields, "EnvironmentVar").and_then(|node| node.text("EnvironmentVar").ok()) {
                    return Some(format!("${{env:{}}}", variable.trim()));
                }
                self.notes.push(format!(
                    "line {}: '{}' is in a key vault, which huntsql does not read: write ${{env:NAME}}, file:path or keyring:name",
                    argument.line,
                    argument.name.escape_debug()
                ));
                None
            }
            _ => None,
        }
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace(['\n', '\r'], " ").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn references_stay_references() {
        let theirs = "\
msticpy:
  FriendlyExceptions: True
TIProviders:
  OTX:
    Args:
      AuthKey:
        EnvironmentVar: OTX_AUTH
    Primary: True
    Provider: OTX
  VirusTotal:
    Args: {AuthKey: 'can''ary', Other: 1}
    Provider: VirusTotal
  XForce:
    Args:
      ApiID: {KeyVault: null}
      AuthKey: {EnvironmentVar: XF_KEY}
    Provider: XForce
  RiskIQ: {Provider: RiskIQ}
  Tor: {Provider: Tor}
OtherProviders:
  GeoIPLite:
    Args:
      AuthKey: {EnvironmentVar: MM_KEY}
      AccountID: '123'
      DBFolder: ~/.msticpy/GeoLite2
  IPStack:
    Args: {AuthKey: {EnvironmentVar: IPSTACK_AUTH}}
    Provider: IPStackLookup
";
        let imported = import(theirs).expect("their configuration");
        let expected = "\
# Taken over from msticpyconfig.yaml by `huntsql config import`.
providers:
  otx:
    api_key: ${env:OTX_AUTH}
  virustotal:
    api_key: 'can''ary'
  xforce:
    api_key: ${env:XF_KEY}
  tor: {}
  ipstack:
    api_key: ${env:IPSTACK_AUTH}
geo:
  license_key: ${env:MM_KEY}
  account_id: '123'
  databases: '~/.msticpy/GeoLite2'
";
        assert_eq!(imported.text, expected);
        let notes = imported.notes.join("\n");
        for note in ["section 'msticpy'", "'Other' of virustotal", "'ApiID' is in a key vault", "provider 'RiskIQ' is not known"] {
            assert!(notes.contains(note), "{notes}");
        }
        assert!(!notes.contains("can'ary"));
        let specs: Vec<&ProviderSpec> = providers().iter().map(|provider| provider.spec()).collect();
        let read = super::super::read(&imported.text, Path::new("/"), &specs).expect("ours");
        assert_eq!(read.accounts.len(), 5);
    }
}
