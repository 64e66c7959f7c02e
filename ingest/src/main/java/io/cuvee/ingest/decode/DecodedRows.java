package io.cuvee.ingest.decode;

import io.cuvee.execution.page.Page;

/// The rows of some messages.
///
/// @param offsets of the message of each row
public record DecodedRows(Page page, long[] offsets) {}
