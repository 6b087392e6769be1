//! Functions of CIDR blocks.

use std::net::{Ipv4Addr, Ipv6Addr};

use num_bigint::BigInt;

use super::collection::sequence;
use super::{Function, FunctionContext, Param, string, text};
use crate::value::{Kind, ListShape, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("cidrhost", &[Param::String, Param::Number], cidrhost),
    Function::new("cidrnetmask", &[Param::String], cidrnetmask),
    Function::new("cidrsubnet", &[Param::String, Param::Number, Param::Number], cidrsubnet),
    Function::new("cidrsubnets", &[Param::String], cidrsubnets).rest(Param::Number),
];

/// A block of addresses: the address as one number, of `bits` bits.
#[derive(Clone, Copy)]
struct Block {
    address: u128,
    prefix: u32,
    bits: u32,
}

impl Block {
    /// Leading zeros in IPv4 octets are read as decimal, as Terraform does.
    fn parse(text: &str) -> Result<Block, String> {
        let wrong = || format!("{text:?} is no CIDR block");
        let (address, prefix) = text.split_once('/').ok_or_else(wrong)?;
        if prefix.is_empty() || !prefix.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let prefix: u32 = prefix.parse().map_err(|_| wrong())?;
        let (address, bits) = match address.contains(':') {
            true => (address.parse::<Ipv6Addr>().map_err(|_| wrong())?.to_bits(), 128),
            false => (u128::from(ipv4(address).ok_or_else(wrong)?), 32),
        };
        if prefix > bits {
            return Err(wrong());
        }
        Ok(Block { address, prefix, bits }.masked())
    }

    fn masked(self) -> Block {
        Block { address: self.address & !host_mask(self.bits - self.prefix), ..self }
    }

    fn show(self, address: u128) -> String {
        match self.bits {
            32 => Ipv4Addr::from_bits(address as u32).to_string(),
            _ => Ipv6Addr::from_bits(address).to_string(),
        }
    }
}

impl std::fmt::Display for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.show(self.address), self.prefix)
    }
}

/// As many ones as there are host bits.
fn host_mask(bits: u32) -> u128 {
    1u128.checked_shl(bits).map_or(u128::MAX, |n| n - 1)
}

fn ipv4(text: &str) -> Option<u32> {
    let mut octets = text.split('.');
    let mut address = 0u32;
    for _ in 0..4 {
        let octet = octets.next().filter(|o| !o.is_empty() && o.bytes().all(|b| b.is_ascii_digit()))?;
        address = address << 8 | u32::from(octet.parse::<u8>().ok()?);
    }
    octets.next().is_none().then_some(address)
}

/// A whole number that may have more than 64 bits: a host number of an IPv6 block.
fn big(args: &[Value], i: usize) -> Result<BigInt, String> {
    match args.get(i).map(|v| &v.kind) {
        Some(Kind::Number(n)) => n.as_integer().ok_or_else(|| format!("argument {} must be a whole number", i + 1)),
        _ => Err(format!("argument {} must be a whole number", i + 1)),
    }
}

fn cidrhost(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let block = Block::parse(text(args, 0))?;
    let size = BigInt::from(host_mask(block.bits - block.prefix)) + 1;
    let host = big(args, 1)?;
    let host = if host < BigInt::ZERO { host + &size } else { host };
    let host = u128::try_from(&host)
        .ok()
        .filter(|_| host < size)
        .ok_or_else(|| format!("the prefix of {block} has no room for that host number"))?;
    Ok(string(block.show(block.address | host), ctx))
}

fn cidrnetmask(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let block = Block::parse(text(args, 0))?;
    if block.bits != 32 {
        return Err("IPv6 has no netmasks".into());
    }
    Ok(string(block.show(host_mask(32) & !host_mask(32 - block.prefix)), ctx))
}

fn extended(block: Block, new_bits: &BigInt) -> Result<Block, String> {
    let room = u32::try_from(new_bits).ok().filter(|n| *n <= block.bits - block.prefix);
    let new_bits = room.ok_or_else(|| format!("not enough address space in {block} to extend its prefix by {new_bits} bits"))?;
    Ok(Block { prefix: block.prefix + new_bits, ..block })
}

fn cidrsubnet(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let block = Block::parse(text(args, 0))?;
    let subnet = extended(block, &big(args, 1)?)?;
    let number = big(args, 2)?;
    let count = BigInt::from(host_mask(subnet.prefix - block.prefix)) + 1;
    let room = u128::try_from(&number).ok().filter(|_| number < count);
    let number = room.ok_or_else(|| format!("{} more prefix bits have no room for network {number}", subnet.prefix - block.prefix))?;
    let address = block.address | number.checked_shl(subnet.bits - subnet.prefix).unwrap_or(0);
    Ok(string(Block { address, ..subnet }.to_string(), ctx))
}

fn cidrsubnets(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let block = Block::parse(text(args, 0))?;
    // One past the last address in use; `None` when the block of all addresses is full.
    let mut next = Some(block.address);
    let end = block.address | host_mask(block.bits - block.prefix);
    let mut blocks = Vec::with_capacity(args.len());
    for i in 1..args.len() {
        let subnet = extended(block, &big(args, i)?)?;
        if subnet.prefix == block.prefix {
            return Err("each subnet must extend the prefix by at least one bit".into());
        }
        let size = host_mask(subnet.bits - subnet.prefix);
        let full = || format!("not enough address space in {block} for all subnets");
        let start = next.ok_or_else(full)?.checked_add(size).ok_or_else(full)? & !size;
        let last = start.checked_add(size).filter(|last| *last <= end).ok_or_else(full)?;
        next = last.checked_add(1);
        blocks.push(string(Block { address: start, ..subnet }.to_string(), ctx));
    }
    Ok(sequence(ListShape::List, blocks, None, ctx))
}
