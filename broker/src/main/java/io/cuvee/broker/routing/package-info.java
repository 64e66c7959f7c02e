/// Which tables there are and which servers answer for which of their segments, kept current from
/// the cluster's state.
@NullMarked
package io.cuvee.broker.routing;

import org.jspecify.annotations.NullMarked;
