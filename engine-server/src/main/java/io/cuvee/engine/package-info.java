/// The server role: plans a fragment for each segment, runs it and serves it over Netty.
@NullMarked
package io.cuvee.engine;

import org.jspecify.annotations.NullMarked;
