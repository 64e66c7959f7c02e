/// One engine in one process: opens its store, answers queries and measures itself. But for the
/// engines themselves it uses nothing but the JDK, because each brings its own libraries.
@NullMarked
package io.cuvee.benchmarks.engine;

import org.jspecify.annotations.NullMarked;
