/// What a query becomes: expressions, leaf fragments for servers, operators for the broker.
@NullMarked
package io.cuvee.common.plan;

import org.jspecify.annotations.NullMarked;
