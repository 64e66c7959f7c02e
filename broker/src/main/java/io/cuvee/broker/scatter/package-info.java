/// Sends the parts of a query to servers, gathers their pages, and asks elsewhere when a server
/// fails.
@NullMarked
package io.cuvee.broker.scatter;

import org.jspecify.annotations.NullMarked;
