#!/bin/sh
exec kafka
