/// Kafka as a stream.
@NullMarked
package io.cuvee.ingest.stream.kafka;

import org.jspecify.annotations.NullMarked;
