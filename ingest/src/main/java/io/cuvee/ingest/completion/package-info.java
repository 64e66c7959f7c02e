/// How the replicas of a consuming segment and the leading controller agree on its end: what they
/// say to each other, and the replicas' side of it.
@NullMarked
package io.cuvee.ingest.completion;

import org.jspecify.annotations.NullMarked;
