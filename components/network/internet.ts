/**
 * Every address of the internet: no private, shared, link-local (with the metadata of every cloud), loopback, multicast,
 * documentation or reserved one (https://www.iana.org/assignments/iana-ipv4-special-registry).
 *
 * Of IPv6 it is what is given out at all, 2000::/3, without what stands for IPv4 addresses behind it: 6to4, Teredo
 * (https://www.iana.org/assignments/iana-ipv6-special-registry).
 */
export const internetBlocks: readonly { readonly cidr: string; readonly except: string[] }[] = [
  {
    cidr: "0.0.0.0/0",
    except: [
      "0.0.0.0/8",
      "10.0.0.0/8",
      "100.64.0.0/10",
      "127.0.0.0/8",
      // Metadata of AWS, Google, Azure and others; NodeLocal DNSCache, which every pod may ask anyway.
      "169.254.0.0/16",
      "172.16.0.0/12",
      "192.0.0.0/24",
      "192.0.2.0/24",
      "192.168.0.0/16",
      "198.18.0.0/15",
      "198.51.100.0/24",
      "203.0.113.0/24",
      "224.0.0.0/4",
      "240.0.0.0/4",
      // The host below a node of Azure (https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16).
      "168.63.129.16/32",
    ],
  },
  { cidr: "2000::/3", except: ["2001::/32", "2001:db8::/32", "2002::/16", "3fff::/20"] },
];
