/// Searching texts as TEXT_MATCH does, by Lucene; no other package but that of the text index sees
/// it.
@NullMarked
package io.cuvee.execution.text;

import org.jspecify.annotations.NullMarked;
