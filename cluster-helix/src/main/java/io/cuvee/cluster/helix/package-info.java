/// The cluster's state kept with Apache Helix: what each server should hold as ideal states, what
/// it does hold as current states.
@NullMarked
package io.cuvee.cluster.helix;

import org.jspecify.annotations.NullMarked;
