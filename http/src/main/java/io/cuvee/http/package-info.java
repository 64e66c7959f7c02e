/// The HTTP front that all roles share: routes, request and response, limits, errors, health,
/// metrics and version.
@NullMarked
package io.cuvee.http;

import org.jspecify.annotations.NullMarked;
