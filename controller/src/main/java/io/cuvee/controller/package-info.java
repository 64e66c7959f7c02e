/// The controller role: REST, assignment, segment upload, retention.
@NullMarked
package io.cuvee.controller;

import org.jspecify.annotations.NullMarked;
