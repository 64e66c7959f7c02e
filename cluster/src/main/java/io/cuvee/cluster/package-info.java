/// The state all roles agree on, kept in ZooKeeper, and the deep store.
@NullMarked
package io.cuvee.cluster;

import org.jspecify.annotations.NullMarked;
