/// Leases tasks, runs them, and gives them what they need of the cluster.
@NullMarked
package io.cuvee.minion.worker;

import org.jspecify.annotations.NullMarked;
