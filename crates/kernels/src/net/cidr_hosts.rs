//! `cidr_hosts(cidr)`: the bounds of a network.

use super::network::parse_network;
use crate::prelude::*;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr};

/// Kernel of `cidr_hosts`.
pub struct CidrHosts;

impl ScalarKernel for CidrHosts {
    const SPEC: Spec = Spec {
        name: "cidr_hosts",
        family: Family::Net,
        summary: "Gives the bounds of a network: its first and last host, netmask, broadcast address and size.",
        details: "\
| field | type | meaning |
|---|---|---|
| `cidr` | TEXT | the network in its canonical form, host bits cleared |
| `network` | TEXT | network address: the first address |
| `prefix_length` | BIGINT | number of network bits |
| `netmask` | TEXT | the same as a mask |
| `first_host`, `last_host` | TEXT | first and last address that a host may have |
| `broadcast` | TEXT | broadcast address; NULL for IPv6, /31 and /32, which have none |
| `addresses` | BIGINT | number of addresses, network and broadcast address included; NULL where BIGINT cannot hold it (IPv6 networks of /65 and shorter: it is 2 to the power of 128 - `prefix_length`) |

An IPv4 network keeps its first and last address from hosts, except /31, where both are hosts (RFC 3021), and /32. In an IPv6 network every
address can be a host's. Takes what `ip_in_cidr` takes; NULL for what is not a network.",
        args: &[Arg { name: "cidr", doc: "Network, or a single address." }],
        examples: &[
            Example {
                sql: "SELECT n['first_host'] AS first_host, n['last_host'] AS last_host, n['broadcast'] AS broadcast, n['addresses'] AS addresses \
                      FROM (SELECT cidr_hosts('192.0.2.77/24') AS n) s",
                result: "192.0.2.1 | 192.0.2.254 | 192.0.2.255 | 256",
            },
            Example {
                sql: "SELECT n['cidr'] AS cidr, n['last_host'] AS last_host, n['addresses'] AS addresses FROM (SELECT cidr_hosts('2001:DB8::/112') AS n) s",
                result: "2001:db8::/112 | 2001:db8::ffff | 65536",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = CidrBounds;
    type Scratch = ();

    fn eval<'a>(_: &'a mut (), _: &'a NoOptions, (cidr,): (&'a str,)) -> KernelResult<CidrBounds> {
        Ok(cidr_hosts(cidr))
    }
}

/// Bounds of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CidrBounds {
    /// The network, host bits cleared.
    pub network: IpNet,
    /// First address that a host may have.
    pub first_host: IpAddr,
    /// Last address that a host may have.
    pub last_host: IpAddr,
    /// Broadcast address, where there is one.
    pub broadcast: Option<Ipv4Addr>,
    /// Number of addresses, where it fits.
    pub addresses: Option<i64>,
}

impl SqlValue for CidrBounds {
    const TYPE: SqlType = SqlType::Struct(&[
        ("cidr", SqlType::Text),
        ("network", SqlType::Text),
        ("prefix_length", SqlType::Int),
        ("netmask", SqlType::Text),
        ("first_host", SqlType::Text),
        ("last_host", SqlType::Text),
        ("broadcast", SqlType::Text),
        ("addresses", SqlType::Int),
    ]);
    fn write(&self, out: &mut Column) {
        out.row()
            .put(self.network.to_string())
            .put(self.network.addr().to_string())
            .put(i64::from(self.network.prefix_len()))
            .put(self.network.netmask().to_string())
            .put(self.first_host.to_string())
            .put(self.last_host.to_string())
            .put(self.broadcast.map(|address| address.to_string()))
            .put(self.addresses)
            .end();
    }
}

/// Bounds of the network in `cidr`, or `None` where it is not a network.
pub fn cidr_hosts(cidr: &str) -> Option<CidrBounds> {
    let network = parse_network(cidr)?.trunc();
    let host_bits = u32::from(network.max_prefix_len() - network.prefix_len());
    let (first_host, last_host, broadcast) = match network {
        IpNet::V4(net) if host_bits > 1 => {
            let (first, last) = (net.network().to_bits(), net.broadcast().to_bits());
            (IpAddr::V4(Ipv4Addr::from_bits(first | 1)), IpAddr::V4(Ipv4Addr::from_bits(last ^ 1)), Some(net.broadcast()))
        }
        // ipnet calls the last address of any network its broadcast address
        _ => (network.network(), network.broadcast(), None),
    };
    let addresses = (host_bits < 63).then(|| 1i64 << host_bits);
    Some(CidrBounds { network, first_host, last_host, broadcast, addresses })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cases() {
        for (cidr, expected) in [
            ("192.0.2.77/24", "192.0.2.0/24 255.255.255.0 192.0.2.1 192.0.2.254 192.0.2.255 256"),
            ("10.0.0.0/255.0.0.0", "10.0.0.0/8 255.0.0.0 10.0.0.1 10.255.255.254 10.255.255.255 16777216"),
            ("0.0.0.0/0", "0.0.0.0/0 0.0.0.0 0.0.0.1 255.255.255.254 255.255.255.255 4294967296"),
            ("192.0.2.0/30", "192.0.2.0/30 255.255.255.252 192.0.2.1 192.0.2.2 192.0.2.3 4"),
            ("192.0.2.1/31", "192.0.2.0/31 255.255.255.254 192.0.2.0 192.0.2.1 - 2"),
            ("192.0.2.1", "192.0.2.1/32 255.255.255.255 192.0.2.1 192.0.2.1 - 1"),
            ("2001:db8::1", "2001:db8::1/128 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2001:db8::1 2001:db8::1 - 1"),
            ("2001:db8::/66", "2001:db8::/66 ffff:ffff:ffff:ffff:c000:: 2001:db8:: 2001:db8::3fff:ffff:ffff:ffff - 4611686018427387904"),
            ("2001:db8::/65", "2001:db8::/65 ffff:ffff:ffff:ffff:8000:: 2001:db8:: 2001:db8::7fff:ffff:ffff:ffff - -"),
            ("::/0", "::/0 :: :: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff - -"),
            ("::ffff:10.0.0.0/120", "10.0.0.0/24 255.255.255.0 10.0.0.1 10.0.0.254 10.0.0.255 256"),
        ] {
            let bounds = cidr_hosts(cidr).unwrap();
            let shown = format!(
                "{} {} {} {} {} {}",
                bounds.network,
                bounds.network.netmask(),
                bounds.first_host,
                bounds.last_host,
                bounds.broadcast.map_or("-".to_owned(), |address| address.to_string()),
                bounds.addresses.map_or("-".to_owned(), |count| count.to_string()),
            );
            assert_eq!(shown, expected, "{cidr}");
        }
        for cidr in ["", "x", "10.0.0.0/33", "10.0.0.0/8/8"] {
            assert_eq!(cidr_hosts(cidr), None, "{cidr}");
        }
    }

    proptest! {
        /// ipnet walks the same hosts.
        #[test]
        fn agrees_with_ipnet(bits: u32, length in 20u8..=32) {
            let net = ipnet::Ipv4Net::new(bits.into(), length).unwrap();
            let bounds = cidr_hosts(&net.to_string()).unwrap();
            prop_assert_eq!(net.hosts().next().map(IpAddr::V4), Some(bounds.first_host));
            prop_assert_eq!(net.hosts().last().map(IpAddr::V4), Some(bounds.last_host));
        }
    }
}
