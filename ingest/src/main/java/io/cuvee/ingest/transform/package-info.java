/// Turns values as files have them into values as the schema wants them.
@NullMarked
package io.cuvee.ingest.transform;

import org.jspecify.annotations.NullMarked;
