//! Every format over every arrow type and over hostile text.
