//! What tests need of the world, made up: databases, servers. No part of any program.

pub mod mmdb;
