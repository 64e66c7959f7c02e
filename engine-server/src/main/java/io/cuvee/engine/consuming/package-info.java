/// Consumes streams: a thread for each partition that this server holds, the rows that queries see
/// meanwhile, and the way from a consuming segment to a sealed one.
@NullMarked
package io.cuvee.engine.consuming;

import org.jspecify.annotations.NullMarked;
