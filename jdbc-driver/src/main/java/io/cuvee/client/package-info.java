/// The small Java client: create a table, insert rows, query, over HTTP.
@NullMarked
package io.cuvee.client;

import org.jspecify.annotations.NullMarked;
