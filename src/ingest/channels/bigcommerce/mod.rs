//! BigCommerce's exports: orders with their lines packed into one cell, and products.

mod lines;
mod orders;
mod products;
mod rest;

pub(crate) use orders::ORDERS;
pub(crate) use products::PRODUCTS;
