// inversify keeps what decorators say in this; it must be loaded before the first decorator runs.
import 'reflect-metadata';
