/// The cluster's state in ZooKeeper: level-triggered, bucketed, fenced.
@NullMarked
package io.cuvee.cluster.zookeeper;

import org.jspecify.annotations.NullMarked;
