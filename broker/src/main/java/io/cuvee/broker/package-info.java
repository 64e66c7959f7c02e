/// The broker role: HTTP and Avatica front, routing, scatter, gather and merge.
@NullMarked
package io.cuvee.broker;

import org.jspecify.annotations.NullMarked;
