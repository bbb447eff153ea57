//! How do `queries/*.sql` run over the lake?
