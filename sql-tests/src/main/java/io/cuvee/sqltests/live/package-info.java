/// Tables that a Kafka topic fills while they are queried and while parts of the cluster stop.
@NullMarked
package io.cuvee.sqltests.live;

import org.jspecify.annotations.NullMarked;
