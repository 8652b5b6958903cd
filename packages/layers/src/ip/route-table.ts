import type { IpAddress } from '@netwright/core';
import { injectable } from 'inversify';
import type { Route, Routes } from './tokens.js';

/** Routes by longest prefix, then lowest metric, then age. */
@injectable()
export class RouteTable implements Routes {
  generation = 0;
  private routes: Route[] = [];

  lookup(destination: IpAddress): Route | null {
    // Sorted by prefix: the first that fits is the best. Paths keep what they find, so this is not per packet.
    for (const route of this.routes) if (route.to.contains(destination)) return route;
    return null;
  }

  add(route: Route): void {
    const at = this.routes.findIndex(
      ({ to, metric }) => to.prefix < route.to.prefix || (to.prefix === route.to.prefix && metric > route.metric),
    );
    this.routes.splice(at < 0 ? this.routes.length : at, 0, route);
    this.generation++;
  }

  remove(route: Route): void {
    const left = this.routes.filter((each) => each !== route);
    if (left.length === this.routes.length) return;
    this.routes = left;
    this.generation++;
  }

  list(): readonly Route[] {
    return this.routes;
  }
}
